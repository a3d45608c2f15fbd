// The frame of the room: who and how long above, the question and the answer
// sheet between, the moves below. It shows; it decides nothing.

import { SaveState } from "./courier";
import { button, fill, h, say } from "./dom";
import { span, t, timeOfDay } from "./texts";
import { Opened } from "./wire";

const soon = 10 * 60_000;
const last = 60_000;

/** The moves below the question. */
export interface Moves {
  previous(): void;
  next(): void;
  flag(): void;
  handIn(): void;
}

export class Frame {
  readonly stage = h("main", { class: "q", id: "stage", tabindex: -1 });
  readonly element: HTMLElement;
  private readonly saved = h("span", { class: "saved", id: "saved", "aria-live": "polite" });
  private readonly time = h("b");
  private readonly timeWord = h("small", { role: "status" }); // announced when it changes, unlike the time
  private readonly timer = h("div", { class: "timer", id: "timer", role: "timer" }, this.time, this.timeWord);
  private readonly bar = h("div", { class: "bar", id: "notice", role: "status" });
  private readonly previous: HTMLButtonElement;
  private readonly next: HTMLButtonElement;
  private readonly flag: HTMLButtonElement;
  private readonly handIn: HTMLButtonElement;

  constructor(opened: Opened, sheet: HTMLElement, moves: Moves) {
    const { name, ticket, room, seat } = opened.candidate;
    this.previous = button({ class: "btn", id: "prev" }, "← " + t("Previous question"), moves.previous);
    this.next = button({ class: "btn p", id: "next" }, t("Next question") + " →", moves.next);
    this.flag = button({ class: "btn", id: "flag", "aria-pressed": "false" }, t("Flag this question"), moves.flag);
    this.handIn = button({ class: "btn d", id: "hand-in" }, t("Hand in"), moves.handIn);
    this.element = h(
      "div",
      { class: "room" },
      h(
        "header",
        { class: "top" },
        h("div", { class: "about" }, h("span", { class: "title" }, opened.title), h("span", { class: "who" }, t("%s · %s · %s, seat %s", name, ticket, room, String(seat).padStart(2, "0")))),
        this.saved,
        this.timer,
      ),
      this.bar,
      h("div", { class: "mid" }, this.stage, sheet),
      h("footer", { class: "foot" }, this.previous, this.next, this.flag, h("span", { class: "grow" }), this.handIn),
    );
  }

  /** Shows a question or a page in the large field, from its top. */
  show(content: HTMLElement): void {
    fill(this.stage, content);
    this.stage.scrollTop = 0;
  }

  /** Shows the time left: amber below ten minutes, red below one, each with its word. */
  showTime(ms: number): void {
    say(this.time, span(ms));
    const name = ms <= 0 ? "timer last over" : ms <= last ? "timer last" : ms <= soon ? "timer soon" : "timer";
    if (this.timer.className === name) return;
    this.timer.className = name;
    say(this.timeWord, ms <= 0 ? t("The time is over") : ms <= last ? t("Less than 1 minute") : ms <= soon ? t("Less than 10 minutes") : "");
  }

  /** Says in words where the answers are. */
  showSaved(state: SaveState): void {
    this.saved.dataset.state = state.kind;
    this.saved.toggleAttribute("data-at", state.kind === "saved" && state.at !== null);
    say(this.saved, savedWords(state));
  }

  /** What can be moved to from here. */
  enable(can: { previous: boolean; next: boolean; flag: boolean; handIn: boolean }, flagged: boolean): void {
    this.previous.disabled = !can.previous;
    this.next.disabled = !can.next;
    this.flag.disabled = !can.flag;
    this.handIn.disabled = !can.handIn;
    this.flag.setAttribute("aria-pressed", String(flagged));
    say(this.flag, flagged ? t("Unflag this question") : t("Flag this question"));
  }

  /** Puts a sentence above the question until the candidate has read it; one of a kind. */
  notice(kind: string, sentence: string): void {
    this.dismiss(kind);
    const line = h("p", { "data-kind": kind }, h("span", {}, sentence));
    line.appendChild(button({}, t("I have read this"), () => line.remove()));
    this.bar.appendChild(line);
  }

  /** Takes a notice away that is true no longer. */
  dismiss(kind: string): void {
    for (const line of Array.from(this.bar.children)) {
      if ((line as HTMLElement).dataset.kind === kind) line.remove();
    }
  }
}

/** The save state as a sentence. */
export function savedWords(state: SaveState): string {
  switch (state.kind) {
    case "saved":
      return state.at === null ? t("No answer yet") : t("Saved on the server %s", timeOfDay(state.at));
    case "saving":
      return t("Saving");
    case "offline":
      if (!state.kept) return t("Network interrupted: keep this page open until the answers are uploaded");
      if (state.busy) return t("Server busy: answers are on this device and will be uploaded");
      return t("Network interrupted: answers are on this device and will be uploaded");
  }
}
