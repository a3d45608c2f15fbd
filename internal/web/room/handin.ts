// The hand-in page: what is unanswered and flagged, with ways back, and the
// last word. It stands where the question stood.

import { button, h, say } from "./dom";
import { Paper } from "./paper";
import { cell } from "./sheet";
import { t } from "./texts";
import { Question } from "./wire";

export class HandInPage {
  readonly element: HTMLElement;
  private readonly progress = h("p", { class: "progress", role: "status" });
  private readonly confirm: HTMLButtonElement;
  private readonly resume: HTMLButtonElement;

  constructor(paper: Paper, go: (question: Question) => void, confirm: () => void, resume: () => void) {
    const unanswered = paper.unanswered();
    const flagged = paper.flagged();
    this.confirm = button({ class: "btn p", id: "confirm-hand-in" }, t("Hand in now"), confirm);
    this.resume = button({ class: "btn", id: "resume" }, t("Go on answering"), resume);
    const list = (title: string, id: string, questions: Question[]) =>
      questions.length === 0
        ? null
        : h("section", { id }, h("h2", {}, title), h("div", { class: "grid" }, ...questions.map((q) => cell(q, paper.answer(q.id), () => go(q)))));
    this.element = h(
      "div",
      { class: "end", id: "hand-in-page" },
      h("h1", {}, t("Hand in this paper")),
      h("p", { class: "lead" }, unanswered.length === 0 ? t("All %d questions are answered.", paper.questions.length) : t("%d of %d questions are not answered.", unanswered.length, paper.questions.length)),
      h("p", {}, t("After handing in, nothing can be changed.")),
      list(t("Not answered (%d)", unanswered.length), "unanswered", unanswered),
      list(t("Flagged (%d)", flagged.length), "flagged", flagged),
      h("div", { class: "acts" }, this.progress, this.confirm, this.resume),
    );
  }

  /** Says how handing in goes; returning stays possible until the request is out. */
  working(sentence: string, mayReturn: boolean): void {
    say(this.progress, sentence);
    this.confirm.disabled = true;
    this.resume.disabled = !mayReturn;
  }
}
