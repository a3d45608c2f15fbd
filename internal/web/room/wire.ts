// What travels between the page and the server, as /api/v1 writes it.

export type QuestionType = "true_false" | "single" | "multiple" | "fill_in";

export interface Option {
  index: number; // the option's place in the paper, which is what an answer names
  text: string;
}

export interface Question {
  id: string;
  number: number;
  type: QuestionType;
  points: string; // "1.5"
  stem: string;
  options: Option[] | null;
  blanks: number;
}

export interface Section {
  type: QuestionType;
  title?: string;
  questions: Question[];
}

export interface Answer {
  choice: number[];
  text: string[];
  flagged: boolean;
}

export interface SavedAnswer extends Partial<Answer> {
  saved_at: string;
}

/** Where a question of a sealed paper stands for this candidate, and its options. */
export interface Order {
  question: string;
  options: number[];
}

export interface Opened {
  attempt: string;
  lease: string;
  seq: number; // of the last save, to go on from
  state: string; // "open"; anything else is over
  submitted_at?: string;
  now: string;
  deadline: string;
  grace_s: number;
  title: string;
  candidate: { name: string; ticket: string; room: string; seat: number };
  sections: Section[] | null;
  opens?: string; // in place of sections: what opens the sealed paper, base64
  order?: Order[];
  answers: { [question: string]: SavedAnswer } | null;
}

export interface Change extends Answer {
  question: string;
  age_ms: number; // since it was queued, measured anew at each sending
}

export interface Ack {
  seq: number;
  saved_at: string;
  now: string;
  deadline: string;
}

export interface Tick {
  now: string;
  deadline: string;
  state: string;
  lease_valid: boolean;
  submitted_at?: string;
}

export interface HandedIn {
  state: string;
  submitted_at: string;
}

export interface Problem {
  code?: string;
  reason?: string;
  detail?: string;
  starts_at?: string;
  rule?: Rule;
}

/** The regulation that refuses. */
export interface Rule {
  id: string;
  document: string;
  clause: string;
  quote?: string;
}
