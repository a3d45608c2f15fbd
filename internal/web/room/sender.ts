// What to send next: a state machine without clocks, timers or network, so
// that every turn of it can be tested.
//
// One batch is under way at a time and stays the same, sequence number and
// content, until the server answers it; what changes meanwhile waits for the
// next one.

import { Entry } from "./queue";

export interface Batch {
  seq: number;
  entries: Entry[];
}

const most = 200; // changes in one request; the server takes 300
const doubt = 15_000; // ms before the deadline: a slow connection may push these over it
const firstPause = 1000;
const longestPause = 5000; // for ever: nothing is given up

export class Sender {
  private readonly pending = new Map<string, Entry>();
  private batch: Batch | null = null;
  private failures = 0;

  /** seq is that of the last save the server has. */
  constructor(private seq: number) {}

  /** How many questions wait for the server. */
  get waiting(): number {
    return this.pending.size;
  }

  /** The last sequence number given out. */
  get assigned(): number {
    return this.batch ? this.batch.seq : this.seq;
  }

  /** Queues a change in place of an earlier one of its question. */
  add(entry: Entry): void {
    this.pending.set(entry.question, entry);
  }

  /**
   * The batch to send now, or null. After the deadline, changes that were
   * surely in time go first, so that a doubtful one cannot get them refused.
   */
  next(now: number, deadline: number): Batch | null {
    if (this.batch) return this.batch;
    let entries = Array.from(this.pending.values());
    if (now > deadline) {
      const sure = entries.filter((entry) => !doubtful(entry, deadline));
      if (sure.length > 0) entries = sure;
    }
    if (entries.length === 0) return null;
    this.batch = { seq: this.seq + 1, entries: entries.slice(0, most) };
    return this.batch;
  }

  /** The server has the batch. Changes made since then still wait. */
  confirmed(batch: Batch): void {
    this.seq = batch.seq;
    this.failures = 0;
    this.settle(batch);
  }

  /** No answer, or not now: the same batch again after the pause returned, in ms. */
  failed(random: number, retryAfter = 0): number {
    const pause = Math.min(longestPause, firstPause * 2 ** this.failures++);
    const asked = 1.25 * Math.min(retryAfter, 2 * longestPause); // never sooner than the server asked, and not all at once
    return Math.round(Math.max(pause, asked) * (0.8 + 0.4 * random));
  }

  /** A newer save won: go on from its number, without the entries that lost. */
  superseded(seq: number, lost: Entry[]): void {
    this.seq = seq;
    this.batch = null;
    for (const entry of lost) this.forget(entry);
  }

  /** Every entry that waits. */
  entries(): Entry[] {
    return Array.from(this.pending.values());
  }

  /**
   * The time is over for this batch. Returns the entries that are refused for
   * good; a batch of sure and doubtful ones is taken apart and tried again.
   */
  late(batch: Batch, deadline: number): Entry[] {
    const sure = batch.entries.filter((entry) => !doubtful(entry, deadline));
    if (sure.length > 0 && sure.length < batch.entries.length) {
      this.batch = null;
      return [];
    }
    this.settle(batch);
    return batch.entries;
  }

  private settle(batch: Batch): void {
    this.batch = null;
    for (const entry of batch.entries) this.forget(entry);
  }

  private forget(entry: Entry): void {
    const kept = this.pending.get(entry.question);
    if (kept && kept.version === entry.version) this.pending.delete(entry.question);
  }
}

function doubtful(entry: Entry, deadline: number): boolean {
  return entry.queued_at > deadline - doubt;
}
