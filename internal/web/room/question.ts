// One question on show, with its options or blanks.

import { button, h } from "./dom";
import { optionsOf, pick, typeName } from "./paper";
import { t } from "./texts";
import { Answer, Question } from "./wire";

const longest = 500; // characters of one blank, as the server takes

/** What happens to the answer on show. */
export interface Hand {
  chose(answer: Answer): void; // complete at once
  typing(answer: Answer): void; // more letters may follow
  paused(): void; // a blank was left
  enter(): void; // Enter in the last blank
}

export class Shown {
  readonly element: HTMLElement;
  private readonly options: HTMLButtonElement[] = [];
  private readonly blanks: HTMLInputElement[] = [];

  constructor(
    private readonly question: Question,
    total: number,
    private answer: Answer,
    private readonly hand: Hand,
  ) {
    const points = question.points === "1" ? t("1 point") : t("%s points", question.points);
    const where = t("Question %d of %d · %s · %s", question.number, total, typeName(question.type), points);
    this.element = h("div", { "data-question": question.id }, h("h1", { class: "where" }, where), h("div", { class: "stem", id: "stem" }, question.stem));
    if (question.type === "multiple") this.element.appendChild(h("p", { class: "each" }, t("Choose every right option")));
    this.element.appendChild(question.type === "fill_in" ? this.fillIn() : this.choices());
    this.element.appendChild(h("p", { class: "keys" }, this.keys()));
  }

  /** Picks the option at a position, as its key does. */
  choose(position: number): void {
    const option = optionsOf(this.question)[position];
    if (option) this.picked(option.index);
  }

  /** Shows another answer, and another flag, to the same question. */
  take(answer: Answer): void {
    this.answer = answer;
  }

  /** The first blank gets the cursor, so that typing just works. */
  focus(): boolean {
    if (this.blanks.length === 0) return false;
    this.blanks[0].focus();
    return true;
  }

  private choices(): HTMLElement {
    const group = h("div", { role: "group", "aria-labelledby": "stem" });
    optionsOf(this.question).forEach((option, position) => {
      const name = this.question.type === "multiple" ? "opt many" : "opt";
      const element = button({ class: name, "data-index": option.index }, "", () => this.picked(option.index));
      element.appendChild(h("span", { class: "k" }, String.fromCharCode(65 + position)));
      element.appendChild(h("span", { class: "v" }, option.text));
      this.options.push(element);
      group.appendChild(element);
    });
    this.paint();
    return group;
  }

  private picked(index: number): void {
    this.answer = pick(this.question, this.answer, index);
    this.paint();
    this.hand.chose(this.answer);
  }

  private paint(): void {
    optionsOf(this.question).forEach((option, position) => {
      const on = this.answer.choice.indexOf(option.index) >= 0;
      this.options[position].classList.toggle("on", on);
      this.options[position].setAttribute("aria-pressed", String(on));
    });
  }

  private fillIn(): HTMLElement {
    const list = h("div", { role: "group", "aria-labelledby": "stem" });
    const count = Math.max(1, this.question.blanks);
    for (let i = 0; i < count; i++) {
      const input = h("input", { type: "text", maxlength: longest, autocomplete: "off", spellcheck: "false", autocapitalize: "off", "data-blank": i });
      input.value = this.answer.text[i] || "";
      const typed = () => {
        this.answer = { ...this.answer, text: this.blanks.map((blank) => blank.value) };
        this.hand.typing(this.answer);
      };
      input.addEventListener("input", typed);
      input.addEventListener("blur", () => this.hand.paused());
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return; // Enter also ends a pinyin choice
        event.preventDefault();
        if (i + 1 < count) this.blanks[i + 1].focus();
        else this.hand.enter();
      });
      this.blanks.push(input);
      list.appendChild(h("label", { class: "blank" }, count > 1 ? t("Blank %d", i + 1) : t("Your answer"), input));
    }
    return list;
  }

  private keys(): string {
    switch (this.question.type) {
      case "fill_in":
        return t("Keys: Enter goes to the next blank or question");
      case "true_false":
        return t("Keys: A or T true, B or F false, ← → move, M flag");
      default:
        return t("Keys: A–%s choose, ← → move, M flag", String.fromCharCode(64 + this.options.length));
    }
  }
}
