// The server's clock, carried by the page's monotonic one, so that changing
// the computer's clock changes nothing here.

export class Clock {
  /** The end of the examination, in milliseconds of the server's clock. */
  deadline = Infinity;

  private offset = NaN; // server's clock less the monotonic one
  private newest = -Infinity; // the server's clock of the newest answer seen

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  /** A reading of the monotonic clock, to be handed to observe with the answer. */
  reading(): number {
    return this.monotonic();
  }

  /**
   * Learns from an answer. It was written between asking and now, which bounds
   * the offset from both sides; within the bounds what is known stays. For a
   * push nobody asked, so only one side is known. An answer overtaken on its
   * way is stale: it must not bring an old deadline back.
   */
  observe(now: string, deadline?: string, asked?: number): void {
    const server = Date.parse(now);
    if (server < this.newest) return;
    this.newest = server;
    const arrived = this.monotonic();
    const least = server - arrived;
    const most = asked === undefined ? Infinity : server - asked;
    if (isNaN(this.offset)) this.offset = asked === undefined ? least : (least + most) / 2;
    else this.offset = Math.min(Math.max(this.offset, least), most);
    if (deadline !== undefined) this.deadline = Date.parse(deadline);
  }

  /** Now, in milliseconds of the server's clock. */
  now(): number {
    return this.offset + this.monotonic();
  }

  /** Milliseconds to the end; negative after it. */
  remaining(): number {
    return this.deadline - this.now();
  }
}
