// Every sentence of the page. The English format is the key, as everywhere in
// kaoping; the server puts the page's language into data-texts.

let texts: { [english: string]: string } = {};
let lang = "zh";

/** Reads language and sentences from the element that the server rendered. */
export function readTexts(root: HTMLElement): void {
  lang = root.dataset.lang || "zh";
  try {
    texts = JSON.parse(root.dataset.texts || "{}");
  } catch {
    texts = {}; // English, then
  }
}

/** The page's language, for the server to answer in. */
export function language(): string {
  return lang === "zh" ? "zh-CN" : lang;
}

/** Says a sentence: %s and %d take the arguments in order, %[2]s the second. */
export function t(english: string, ...args: (string | number)[]): string {
  let next = 0;
  return (texts[english] || english).replace(/%(?:\[(\d+)\])?[sd]/g, (_, at) => {
    if (at) next = Number(at) - 1;
    return String(args[next++]);
  });
}

/** A section's ordinal: 一 to 十 in Chinese, digits otherwise. */
export function ordinal(n: number): string {
  return lang === "zh" && n <= 10 ? "一二三四五六七八九十"[n - 1] : String(n);
}

const shanghai = 8 * 3600_000; // the legal day; no summer time

/** HH:MM:SS in Asia/Shanghai of an instant in milliseconds. */
export function timeOfDay(ms: number): string {
  return new Date(ms + shanghai).toISOString().slice(11, 19);
}

/** Day and time in Asia/Shanghai, as the page's language writes them. */
export function dayAndTime(ms: number): string {
  const [year, month, day] = new Date(ms + shanghai).toISOString().slice(0, 10).split("-").map(Number);
  const names = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const date = lang === "zh" ? `${year}年${month}月${day}日` : `${day} ${names[month - 1]} ${year}`;
  return `${date} ${timeOfDay(ms)}`;
}

/** A span as HH:MM:SS; a started second counts, so 00:00:00 is the end. */
export function span(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  return [s / 3600, (s / 60) % 60, s % 60].map((n) => String(Math.floor(n)).padStart(2, "0")).join(":");
}
