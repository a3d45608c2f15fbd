// Keeps an open page in step with the server: pushes where they come through,
// and a heartbeat that asks every fifteen seconds in any case.

import * as api from "./api";
import { Clock } from "./clock";
import { Tick } from "./wire";

const beat = 15_000; // ms, each with jitter
const quickBeat = 3000;
const reopen = 30_000;

export class Live {
  /** Set when the end is being waited for. */
  quick = false;

  private timer = 0;
  private asking = false;
  private source: EventSource | null = null;
  private stopped = false;

  constructor(
    private readonly attempt: string,
    private readonly lease: string,
    private readonly clock: Clock,
    private readonly told: (tick: Tick) => void,
  ) {}

  start(): void {
    this.listen();
    this.schedule();
  }

  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
    if (this.source) this.source.close();
  }

  /** Asks now, and goes on from here. */
  async ask(): Promise<void> {
    if (this.asking || this.stopped) return;
    this.asking = true;
    const asked = this.clock.reading();
    try {
      this.take(await api.clock(this.attempt, this.lease), asked);
    } catch {
      // the next beat asks again
    }
    this.asking = false;
    this.schedule();
  }

  private schedule(): void {
    window.clearTimeout(this.timer);
    const pace = this.quick ? quickBeat : beat;
    if (!this.stopped) this.timer = window.setTimeout(() => void this.ask(), pace * (0.8 + 0.4 * Math.random()));
  }

  private take(tick: Tick, asked?: number): void {
    if (this.stopped) return;
    this.clock.observe(tick.now, tick.deadline, asked);
    this.told(tick);
  }

  private listen(): void {
    if (this.stopped || typeof EventSource === "undefined") return;
    const source = new EventSource(api.eventsAddress(this.attempt, this.lease));
    this.source = source;
    source.addEventListener("clock", (event) => this.take(JSON.parse((event as MessageEvent).data)));
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) window.setTimeout(() => this.listen(), reopen); // else the browser itself tries again
    };
  }
}
