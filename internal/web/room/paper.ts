// The paper as it is being answered: questions in order, one answer each.

import { t } from "./texts";
import { Answer, Opened, Option, Question, QuestionType, Section } from "./wire";

/** The type's short name, beside a question. */
export function typeName(type: QuestionType): string {
  switch (type) {
    case "true_false":
      return t("True or false");
    case "single":
      return t("Single choice");
    case "multiple":
      return t("Multiple choice");
    case "fill_in":
      return t("Fill in");
  }
}

/** The type's name over a section of the paper. */
export function sectionName(type: QuestionType): string {
  switch (type) {
    case "true_false":
      return t("True or false questions");
    case "single":
      return t("Single choice questions");
    case "multiple":
      return t("Multiple choice questions");
    case "fill_in":
      return t("Fill-in questions");
  }
}

/** What can be chosen. A true-false question has no options of its own: 0 is true, 1 is false. */
export function optionsOf(question: Question): Option[] {
  if (question.options && question.options.length > 0) return question.options;
  if (question.type !== "true_false") return [];
  return [
    { index: 0, text: t("True") },
    { index: 1, text: t("False") },
  ];
}

/** Whether an answer says anything. */
export function isGiven(answer: Answer): boolean {
  return answer.choice.length > 0 || answer.text.some((text) => text.trim() !== "");
}

export class Paper {
  readonly sections: Section[];
  readonly questions: Question[];
  private readonly answers = new Map<string, Answer>();

  constructor(opened: Opened) {
    this.sections = opened.sections || [];
    this.questions = ([] as Question[]).concat(...this.sections.map((section) => section.questions));
    this.take(opened);
  }

  /** Takes what the server has saved. */
  take(opened: Opened): void {
    const saved = opened.answers || {};
    for (const question of this.questions) {
      const { choice, text, flagged } = saved[question.id] || { choice: [], text: [], flagged: false };
      this.answers.set(question.id, { choice: choice || [], text: text || [], flagged: Boolean(flagged) });
    }
  }

  answer(id: string): Answer {
    return this.answers.get(id) || { choice: [], text: [], flagged: false };
  }

  set(id: string, { choice, text, flagged }: Answer): void {
    this.answers.set(id, { choice, text, flagged });
  }

  unanswered(): Question[] {
    return this.questions.filter((question) => !isGiven(this.answer(question.id)));
  }

  flagged(): Question[] {
    return this.questions.filter((question) => this.answer(question.id).flagged);
  }
}

/** The answer after an option was picked: it replaces, or in a multiple choice joins or leaves. */
export function pick(question: Question, answer: Answer, index: number): Answer {
  if (question.type !== "multiple") return { ...answer, choice: [index] };
  const rest = answer.choice.filter((chosen) => chosen !== index);
  const choice = rest.length < answer.choice.length ? rest : rest.concat(index).sort((a, b) => a - b);
  return { ...answer, choice };
}
