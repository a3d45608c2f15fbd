// The paper as the bureau sealed it: loaded before the start, it says nothing
// until the server gives what opens it.

import { Opened, Order, Question, QuestionType, Section } from "./wire";

interface SealedQuestion {
  id: string;
  type: QuestionType;
  points: string;
  stem: string;
  options?: string[];
  blanks?: number;
}

const nonce = 12; // bytes before the ciphertext

/** A sealed paper as it was loaded. */
export interface Sealed {
  digest: string;
  bytes: ArrayBuffer;
}

/** Loads a sealed paper into this browser's cache; null where it cannot be had, or could not be opened here. */
export async function load(address: string): Promise<Sealed | null> {
  if (!address || !window.crypto || !window.crypto.subtle) return null; // a page without TLS gets the questions from the server
  try {
    const response = await fetch(address, { credentials: "same-origin", cache: "force-cache" });
    return response.ok ? { digest: address.slice(address.lastIndexOf("/") + 1), bytes: await response.arrayBuffer() } : null;
  } catch {
    return null;
  }
}

/** Opens a sealed paper and lays it out in the candidate's order. */
export async function open(sealed: Sealed, opened: Opened): Promise<Section[]> {
  const raw = Uint8Array.from(atob(opened.opens || ""), (c) => c.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.bytes.slice(0, nonce) }, key, sealed.bytes.slice(nonce));
  const questions: SealedQuestion[] = JSON.parse(new TextDecoder().decode(plain)).questions;
  return arrange(questions, opened.order || []);
}

/** The sections of a paper in an order. */
export function arrange(questions: SealedQuestion[], order: Order[]): Section[] {
  const byId = new Map<string, SealedQuestion>();
  questions.forEach((question) => byId.set(question.id, question));
  const sections: Section[] = [];
  order.forEach((place, at) => {
    const q = byId.get(place.question);
    if (!q) throw new Error("the order names a question that the paper has not");
    const texts = q.options || [];
    const shown: Question = {
      id: q.id,
      number: at + 1,
      type: q.type,
      points: q.points,
      stem: q.stem,
      options: place.options.map((index) => ({ index, text: texts[index] })),
      blanks: q.blanks || 0,
    };
    const last = sections[sections.length - 1];
    if (last && last.type === q.type) last.questions.push(shown);
    else sections.push({ type: q.type, questions: [shown] });
  });
  return sections;
}

/** Resolves when the paper is released, or after a time in milliseconds. */
export function released(address: string, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (typeof EventSource === "undefined") return void setTimeout(resolve, ms);
    const source = new EventSource(address);
    const end = () => {
      source.close();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(end, ms);
    source.addEventListener("release", end);
  });
}
