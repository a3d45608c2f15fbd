// Carries changes: first into the store of this device, then to the server,
// and says where they are. What to send is the sender's to decide.

import * as api from "./api";
import { Clock } from "./clock";
import { Entry, Store } from "./queue";
import { Batch, Sender } from "./sender";
import { Change } from "./wire";

/** Where the answers are. At is the server's time of the last save. */
export type SaveState =
  | { kind: "saved"; at: number | null }
  | { kind: "saving" }
  | { kind: "offline"; kept: boolean; busy: boolean }; // kept: on this device

/** What the courier tells the room. */
export interface Listener {
  state(state: SaveState): void;
  clock(): void; // an answer brought the server's clock
  leaseLost(): void;
  replaced(): void; // the paper was replaced: begin again on the backup form
  late(): void;
  loggedOut(): void;
  refused(detail: string): void; // a defect: the server will not take it
  unkept(): void; // the store failed: answers live in this page only
}

/** Reads the attempt again after a newer save won: the number to go on from, and the entries that lost. */
export type Reread = (waiting: Entry[]) => Promise<{ seq: number; lost: Entry[] }>;

export class Courier {
  /** Changes that came too late and are not on the server. */
  refusedCount = 0;

  private storing: Promise<void> = Promise.resolve();
  private unstored = 0;
  private typing = false;
  private sending = false;
  private stopped = false;
  private kept: boolean;
  private trouble: "" | "network" | "busy" = "";
  private timer = 0;
  private emptied: (() => void)[] = [];

  constructor(
    private readonly attempt: string,
    private readonly lease: string,
    private readonly clock: Clock,
    private readonly store: Store,
    private readonly sender: Sender,
    private savedAt: number | null,
    private readonly reread: Reread,
    private readonly listener: Listener,
  ) {
    this.kept = store.durable;
  }

  /** Letters are being typed; a change will follow. */
  expect(): void {
    this.typing = true;
    this.report();
  }

  /** Takes a change: store first, in order, then send. */
  put(entry: Entry): void {
    if (this.stopped) return;
    this.typing = false;
    this.unstored++;
    this.storing = this.storing
      .then(() => this.store.put(entry))
      .catch(() => this.loseStore())
      .then(() => {
        this.unstored--;
        this.sender.add(entry);
        void this.pump();
      });
    this.report();
  }

  /** Tries at once: the network is back, or the page is looked at again. */
  kick(): void {
    window.clearTimeout(this.timer);
    this.timer = 0;
    void this.pump();
  }

  /** The server was heard: whatever kept a request from it is over. */
  heard(): void {
    if (this.trouble === "network") this.kick();
  }

  /** Ends sending for good; what is kept on this device stays there. */
  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
  }

  /** How many questions have a change that the server has not confirmed. */
  get waiting(): number {
    return this.sender.waiting + this.unstored;
  }

  /** Whether leaving the page now would leave something unsent. */
  get busy(): boolean {
    return !this.stopped && (this.typing || this.waiting > 0);
  }

  /** Whether the answers survive a reload of the page. */
  get durable(): boolean {
    return this.kept;
  }

  /** Resolves when nothing waits any more. */
  empty(): Promise<void> {
    return new Promise((resolve) => {
      this.emptied.push(resolve);
      this.report();
    });
  }

  /** Sends what is due, one batch after another. */
  async pump(): Promise<void> {
    if (this.sending || this.stopped || this.timer) return;
    const batch = this.sender.next(this.clock.now(), this.clock.deadline);
    this.sending = batch !== null;
    this.report();
    if (!batch) return;
    const pause = await this.send(batch);
    this.sending = false;
    if (this.stopped) return;
    if (pause > 0) {
      this.timer = window.setTimeout(() => this.kick(), pause);
      this.report();
    } else {
      void this.pump();
    }
  }

  /** Sends a batch; returns how long to wait before the next, in ms. */
  private async send(batch: Batch): Promise<number> {
    const asked = this.clock.reading();
    try {
      const ack = await api.save(this.attempt, this.lease, batch.seq, batch.entries.map((entry) => this.change(entry)));
      this.clock.observe(ack.now, ack.deadline, asked);
      this.sender.confirmed(batch);
      this.savedAt = Date.parse(ack.saved_at);
      this.trouble = "";
      for (const entry of batch.entries) this.store.remove(entry).catch(() => {}); // a reload would send it again, which does no harm
      this.listener.clock();
      return 0;
    } catch (error) {
      return await this.failed(batch, error as api.Failure);
    }
  }

  private async failed(batch: Batch, failure: api.Failure): Promise<number> {
    if (failure.is("superseded", "paper")) {
      this.stop();
      this.listener.replaced();
      return 0;
    }
    if (failure.is("superseded", "lease")) {
      this.stop();
      this.listener.leaseLost();
      return 0;
    }
    if (failure.is("superseded", "sequence")) {
      try {
        const { seq, lost } = await this.reread(this.sender.entries());
        this.sender.superseded(seq, lost);
        for (const entry of lost) this.store.remove(entry).catch(() => {});
      } catch {
        this.trouble = "busy";
      }
      return this.sender.failed(Math.random()); // never a tight loop
    }
    if (failure.is("late")) {
      const refused = this.sender.late(batch, this.clock.deadline);
      this.refusedCount += refused.length;
      if (refused.length > 0) this.listener.late();
      return 0;
    }
    if (failure.status === 401) {
      this.stop();
      this.listener.loggedOut();
      return 0;
    }
    const refusal = failure.status >= 400 && failure.status < 500 && failure.status !== 429;
    if (refusal) this.listener.refused(failure.message);
    this.trouble = failure.status === 0 ? "network" : "busy";
    return this.sender.failed(Math.random(), failure.retryAfter);
  }

  /** The change as it travels. Its age is measured at each sending, so that a retry is not taken for a younger one. */
  private change(entry: Entry): Change {
    const { question, choice, text, flagged, queued_at } = entry;
    return { question, choice, text, flagged, age_ms: Math.max(0, Math.round(this.clock.now() - queued_at)) };
  }

  private loseStore(): void {
    if (this.kept) this.listener.unkept();
    this.kept = false;
  }

  private report(): void {
    const due = this.typing || this.waiting > 0;
    if (!due) for (const resolve of this.emptied.splice(0)) resolve();
    if (due && this.trouble) this.listener.state({ kind: "offline", kept: this.kept, busy: this.trouble === "busy" });
    else if (due) this.listener.state({ kind: "saving" });
    else this.listener.state({ kind: "saved", at: this.savedAt });
  }
}
