// The answer sheet (答题卡): every question as a cell, always in sight.

import { button, fill, h, say } from "./dom";
import { isGiven, Paper, sectionName } from "./paper";
import { ordinal, t } from "./texts";
import { Answer, Question } from "./wire";

/** A cell that leads to a question and says in words how it stands. */
export function cell(question: Question, answer: Answer, go: () => void): HTMLButtonElement {
  const element = button({ class: "cell", "data-number": question.number }, String(question.number), go);
  paint(element, question, answer);
  return element;
}

function paint(element: HTMLElement, question: Question, answer: Answer): void {
  const given = isGiven(answer);
  element.classList.toggle("a", given);
  element.classList.toggle("f", answer.flagged);
  const how = given ? t("answered") : t("not answered");
  element.setAttribute("aria-label", answer.flagged ? t("Question %d, %s, flagged", question.number, how) : t("Question %d, %s", question.number, how));
}

export class Sheet {
  readonly element: HTMLElement;
  private readonly counts = h("span", { class: "muted" });
  private readonly cells = new Map<string, HTMLButtonElement>();

  constructor(
    private readonly paper: Paper,
    go: (position: number) => void,
  ) {
    this.element = h("aside", { class: "sheet", "aria-label": t("Answer sheet") }, h("div", { class: "counts" }, h("b", {}, t("Answer sheet")), this.counts));
    let position = 0;
    paper.sections.forEach((section, i) => {
      const grid = h("div", { class: "grid" });
      for (const question of section.questions) {
        const at = position++;
        const element = cell(question, paper.answer(question.id), () => go(at));
        this.cells.set(question.id, element);
        grid.appendChild(element);
      }
      this.element.appendChild(h("h3", {}, t("%s. %s", ordinal(i + 1), section.title || sectionName(section.type))));
      this.element.appendChild(grid);
    });
    this.element.appendChild(legend());
    this.count();
  }

  /** Shows how a question stands now. */
  update(question: Question): void {
    const element = this.cells.get(question.id);
    if (element) paint(element, question, this.paper.answer(question.id));
    this.count();
  }

  /** Marks the question that is on show; none on the hand-in page. */
  mark(question: Question | null): void {
    this.cells.forEach((element, id) => {
      const here = question !== null && id === question.id;
      element.classList.toggle("c", here);
      if (here) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
      if (here) reveal(element, this.element);
    });
  }

  /** Switches the cells off when the examination is over. */
  enable(on: boolean): void {
    this.cells.forEach((element) => (element.disabled = !on));
  }

  private count(): void {
    const left = this.paper.unanswered().length;
    say(this.counts, t("Answered %d · Flagged %d · Left %d", this.paper.questions.length - left, this.paper.flagged().length, left));
  }
}

/** Scrolls the sheet, and nothing else, until the cell is in sight. */
function reveal(element: HTMLElement, sheet: HTMLElement): void {
  const inner = element.getBoundingClientRect();
  const outer = sheet.getBoundingClientRect();
  if (inner.top < outer.top) sheet.scrollTop -= outer.top - inner.top + 48;
  else if (inner.bottom > outer.bottom) sheet.scrollTop += inner.bottom - outer.bottom + 48;
}

function legend(): HTMLElement {
  const list = h("ul", { class: "key", "aria-hidden": "true" });
  const kinds: [string, string][] = [
    ["cell a", t("answered")],
    ["cell", t("not answered")],
    ["cell f", t("flagged")],
  ];
  for (const [name, word] of kinds) {
    const item = h("li");
    fill(item, h("span", { class: name }), word);
    list.appendChild(item);
  }
  return list;
}
