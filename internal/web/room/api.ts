// The server's side of the contract. Every call ends: with an answer, with a
// problem, or after a time limit.

import { language } from "./texts";
import { Ack, Change, HandedIn, Opened, Problem, Tick } from "./wire";

const openLimit = 20_000; // ms: a whole room opens at once
const limit = 10_000;

/** Why a call failed. Status 0: no answer came (network, time limit). */
export class Failure extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem = {},
    readonly retryAfter = 0, // ms
    readonly date = "", // the server's clock, to the second
  ) {
    super(problem.detail || "no answer");
  }

  is(code: string, reason?: string): boolean {
    return this.problem.code === code && (reason === undefined || this.problem.reason === reason);
  }
}

async function call<T>(method: string, path: string, body?: unknown, ms = limit): Promise<T> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ms);
  try {
    const response = await fetch("/api/v1/attempts" + path, {
      method,
      signal: abort.signal,
      credentials: "same-origin",
      cache: "no-store",
      headers: { "Accept-Language": language(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (response.ok) return await response.json();
    const problem = await response.json().catch(() => ({}));
    const wait = Number(response.headers.get("Retry-After")) * 1000 || 0;
    throw new Failure(response.status, problem, wait, response.headers.get("Date") || "");
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(0);
  } finally {
    clearTimeout(timer);
  }
}

/** Starts the attempt or goes on with it; paper is the digest of the sealed paper that is here, "" for none. */
export function open(paper = ""): Promise<Opened> {
  return call("POST", "", paper ? { paper } : {}, openLimit);
}

/** Saves changes; when it resolves they are durable. */
export function save(attempt: string, lease: string, seq: number, changes: Change[]): Promise<Ack> {
  return call("PUT", `/${attempt}/answers`, { lease, seq, changes });
}

/** Hands in; doing it twice is the same as once. */
export function handIn(attempt: string, lease: string): Promise<HandedIn> {
  return call("POST", `/${attempt}/submission`, { lease });
}

/** Asks for clock, state and whether the lease still holds. */
export function clock(attempt: string, lease: string): Promise<Tick> {
  return call("GET", `/${attempt}/clock?lease=${encodeURIComponent(lease)}`);
}

/** The address of the server-sent events of an attempt. */
export function eventsAddress(attempt: string, lease: string): string {
  return `/api/v1/attempts/${attempt}/events?lease=${encodeURIComponent(lease)}`;
}
