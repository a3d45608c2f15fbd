// The keyboard: A–H choose, ← → move, M flags.

import { QuestionType } from "./wire";

export type Command = { choose: number } | "next" | "previous" | "flag";

/** What a key asks for; null for every key that is the browser's own. */
export function commandOf(event: KeyboardEvent, type: QuestionType): Command | null {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return null;
  const target = event.target;
  const typing = target instanceof HTMLInputElement;
  if (typing && (target as HTMLInputElement).value !== "") return null; // the arrows are the cursor's
  if (event.key === "ArrowRight") return "next";
  if (event.key === "ArrowLeft") return "previous";
  if (typing) return null;
  const letter = event.code.startsWith("Key") ? event.code[3] : event.key.toUpperCase(); // the key itself, whatever the input method
  if (letter === "M") return "flag";
  if (type === "true_false" && letter === "T") return { choose: 0 };
  if (type === "true_false" && letter === "F") return { choose: 1 };
  const position = "ABCDEFGH".indexOf(letter);
  return letter.length === 1 && position >= 0 ? { choose: position } : null;
}
