// The running examination: ties the paper, the page, the courier and the clock
// together, and decides what may be done when.

import * as api from "./api";
import { Clock } from "./clock";
import { Courier, SaveState } from "./courier";
import { h, say } from "./dom";
import { Frame } from "./frame";
import { HandInPage } from "./handin";
import { commandOf } from "./keys";
import { Live } from "./live";
import { EndedBy, showEnd, showNotice } from "./pages";
import { Paper } from "./paper";
import { Shown } from "./question";
import { Entry, sift, Store } from "./queue";
import { Sender } from "./sender";
import { Sheet } from "./sheet";
import { t, timeOfDay } from "./texts";
import { Answer, Opened, Question, Tick } from "./wire";

const typingPause = 400; // ms after the last letter
const tickEvery = 250;
const longestPause = 5000; // ms between two tries to hand in

export class Room {
  private readonly paper: Paper;
  private readonly sheet: Sheet;
  private readonly frame: Frame;
  private readonly sender: Sender;
  private readonly courier: Courier;
  private readonly live: Live;
  private readonly overText = h("p", { class: "lead", role: "status" });

  private mode: "question" | "hand-in" | "over" | "ended" = "question";
  private position = 0;
  private shown: Shown | null = null;
  private page: HandInPage | null = null;
  private handingIn = false;
  private typed: { question: Question; at: number } | null = null;
  private typingTimer = 0;
  private deadline: number;
  private serverEnded = false;
  private endedAt: number | null = null;

  constructor(
    private readonly root: HTMLElement,
    private readonly opened: Opened,
    private readonly clock: Clock,
    private readonly store: Store,
    kept: Entry[],
  ) {
    const { attempt, lease, seq } = opened;
    this.deadline = clock.deadline;
    this.paper = new Paper(opened);
    this.sender = new Sender(seq);
    this.restore(kept);
    this.sheet = new Sheet(this.paper, (position) => this.go(position));
    this.frame = new Frame(opened, this.sheet.element, {
      previous: () => this.go(this.position - 1),
      next: () => this.go(this.position + 1),
      flag: () => this.flag(),
      handIn: () => this.openHandIn(),
    });
    this.courier = new Courier(attempt, lease, clock, store, this.sender, lastSave(opened), (waiting) => this.reread(waiting), {
      state: (state) => this.showSaved(state),
      clock: () => this.tick(),
      leaseLost: () => this.leaseLost(),
      replaced: () => this.replaced(),
      late: () => void this.live.ask(),
      loggedOut: () => window.location.replace("/room"),
      refused: (detail) => this.frame.notice("refused", t("The server did not take an answer (%s). Tell the invigilator.", detail)),
      unkept: () => this.warnUnkept(),
    });
    this.live = new Live(attempt, lease, clock, (tick) => this.told(tick));
  }

  /** Shows the room and lets it run. */
  start(): void {
    this.root.textContent = "";
    this.root.appendChild(this.frame.element);
    if (!this.courier.durable) this.warnUnkept();
    const last = Number(window.location.hash.slice(1)) - 1; // where a reload left off
    this.go(this.paper.questions[last] ? last : 0);
    this.listen();
    this.live.start();
    window.setInterval(() => this.tick(), tickEvery);
    this.tick();
    if (this.opened.state !== "open") this.serverHandedIn(this.opened.submitted_at);
    void this.courier.pump();
  }

  /** Puts back what this device had not had confirmed before the reload. */
  private restore(kept: Entry[]): void {
    const { newer, lost } = sift(kept, this.opened);
    for (const entry of newer) {
      this.paper.set(entry.question, entry);
      this.sender.add(entry);
    }
    for (const entry of lost) this.store.remove(entry).catch(() => {});
  }

  private listen(): void {
    const back = () => {
      this.tick();
      this.courier.kick();
      void this.live.ask();
    };
    window.addEventListener("online", back);
    document.addEventListener("visibilitychange", () => (document.hidden ? this.flush() : back()));
    window.addEventListener("pagehide", () => this.flush());
    window.addEventListener("beforeunload", (event) => {
      this.flush();
      if (!this.courier.busy) return;
      event.preventDefault();
      event.returnValue = "";
    });
    document.addEventListener("keydown", (event) => {
      if (this.mode !== "question" || !this.question) return;
      const command = commandOf(event, this.question.type);
      if (command === null) return;
      event.preventDefault();
      if (command === "next") this.go(this.position + 1);
      else if (command === "previous") this.go(this.position - 1);
      else if (command === "flag") this.flag();
      else if (this.shown) this.shown.choose(command.choose);
    });
  }

  // The question on show.

  private get question(): Question | undefined {
    return this.paper.questions[this.position];
  }

  private go(position: number): void {
    if (this.mode === "over" || this.mode === "ended" || position < 0 || position >= this.paper.questions.length) return;
    this.flush();
    this.mode = "question";
    this.page = null;
    this.handingIn = false;
    this.position = position;
    window.history.replaceState(null, "", "#" + (position + 1));
    this.showQuestion();
    if (!(this.shown && this.shown.focus()) && !stillThere(document.activeElement)) this.frame.stage.focus();
  }

  private showQuestion(): void {
    const question = this.question;
    if (!question) return;
    this.shown = new Shown(question, this.paper.questions.length, this.paper.answer(question.id), {
      chose: (answer) => this.answered(question, answer),
      typing: (answer) => this.typing(question, answer),
      paused: () => this.flush(),
      enter: () => this.go(this.position + 1),
    });
    this.frame.show(this.shown.element);
    this.sheet.mark(question);
    this.enable();
  }

  private enable(): void {
    const answering = this.mode === "question";
    const question = this.question;
    this.frame.enable(
      { previous: answering && this.position > 0, next: answering && this.position + 1 < this.paper.questions.length, flag: answering, handIn: answering },
      question !== undefined && this.paper.answer(question.id).flagged,
    );
    this.sheet.enable(this.mode === "question" || this.mode === "hand-in");
  }

  private answered(question: Question, answer: Answer): void {
    if (this.clock.remaining() <= 0) return this.tick(); // a moment too late
    this.paper.set(question.id, answer);
    this.sheet.update(question);
    this.commit(question);
  }

  private typing(question: Question, answer: Answer): void {
    if (this.clock.remaining() <= 0) return this.tick();
    this.paper.set(question.id, answer);
    this.sheet.update(question);
    this.typed = { question, at: this.clock.now() };
    this.courier.expect();
    window.clearTimeout(this.typingTimer);
    this.typingTimer = window.setTimeout(() => this.flush(), typingPause);
  }

  private flag(): void {
    const question = this.question;
    if (this.mode !== "question" || !question) return;
    const answer = this.paper.answer(question.id);
    const turned = { ...answer, flagged: !answer.flagged };
    if (this.shown) this.shown.take(turned);
    this.answered(question, turned);
    this.enable();
  }

  /** Queues what was being typed. */
  private flush(): void {
    if (this.typed) this.commit(this.typed.question);
  }

  private commit(question: Question): void {
    const now = this.clock.now();
    const at = this.typed && this.typed.question === question ? this.typed.at : now; // of the last letter, not of its pause
    this.typed = null;
    window.clearTimeout(this.typingTimer);
    this.courier.put({
      ...this.paper.answer(question.id),
      attempt: this.opened.attempt,
      question: question.id,
      version: `${Math.round(now)}-${Math.random().toString(36).slice(2)}`,
      after: this.sender.assigned,
      queued_at: at,
    });
  }

  /** A newer save won: reads the attempt again and keeps what is newer still. */
  private async reread(waiting: Entry[]): Promise<{ seq: number; lost: Entry[] }> {
    const opened = await api.open();
    if (opened.lease !== this.opened.lease) {
      window.location.reload();
      throw new api.Failure(0);
    }
    const { newer, lost } = sift(waiting, opened);
    this.paper.take(opened);
    for (const entry of newer) this.paper.set(entry.question, entry);
    this.paper.questions.forEach((question) => this.sheet.update(question));
    if (this.mode === "question" && !this.typed) this.showQuestion();
    return { seq: opened.seq, lost };
  }

  private showSaved(state: SaveState): void {
    if (this.mode === "ended") return;
    this.frame.showSaved(state);
    if (this.handingIn && this.page && state.kind === "offline") {
      this.page.working(t("Not all answers are uploaded yet. Uploading goes on by itself; the paper is handed in after it."), true);
    }
    this.showOver();
  }

  private warnUnkept(): void {
    this.frame.notice("storage", t("This device cannot keep answers while the network is away. Do not close or reload this page, and tell the invigilator."));
  }

  // Handing in.

  private openHandIn(): void {
    if (this.mode !== "question") return;
    this.flush();
    this.mode = "hand-in";
    const back = (question: Question) => this.go(this.paper.questions.indexOf(question));
    this.page = new HandInPage(this.paper, back, () => void this.handIn(), () => this.go(this.position));
    this.frame.show(this.page.element);
    this.sheet.mark(null);
    this.enable();
    this.frame.stage.focus();
  }

  /** Uploads what waits, then hands in, until it is done or the candidate goes back. */
  private async handIn(): Promise<void> {
    const page = this.page;
    const wanted = () => this.mode === "hand-in" && this.page === page;
    this.handingIn = true;
    for (let pause = 1000; page && wanted(); pause = Math.min(2 * pause, longestPause)) {
      page.working(t("Uploading the last answers"), true);
      this.courier.kick();
      await this.courier.empty();
      if (!wanted()) return;
      page.working(t("Handing in"), false);
      try {
        const done = await api.handIn(this.opened.attempt, this.opened.lease);
        return this.end("candidate", Date.parse(done.submitted_at));
      } catch (error) {
        const failure = error as api.Failure;
        if (failure.is("superseded", "paper")) return this.replaced();
        if (failure.is("superseded")) return this.leaseLost();
        if (failure.status === 401) return window.location.replace("/room");
        page.working(t("The server cannot be reached. Your answers are uploaded; handing in is tried again by itself."), true);
        void this.live.ask();
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  // Time and the server's word.

  private tick(): void {
    if (this.mode === "ended") return;
    const left = this.clock.remaining();
    this.frame.showTime(left);
    const added = this.clock.deadline - this.deadline;
    this.deadline = this.clock.deadline;
    if (added >= 1000) {
      this.frame.notice("added", t("%d minutes have been added. The examination ends at %s.", Math.max(1, Math.round(added / 60_000)), timeOfDay(this.deadline)));
    }
    if (left <= 0 && this.mode !== "over") {
      this.freeze(t("The time is over"));
      void this.live.ask();
    } else if (left > 0 && this.mode === "over" && !this.serverEnded) {
      this.goOn();
    }
  }

  private told(tick: Tick): void {
    if (this.mode === "ended") return;
    if (tick.state === "replaced") return this.replaced();
    if (tick.state !== "open") this.serverHandedIn(tick.submitted_at);
    else if (!tick.lease_valid) return this.leaseLost();
    this.courier.heard();
    this.tick();
  }

  /** Freezes the page; what was answered until now is still uploaded. */
  private freeze(title: string): void {
    this.flush();
    this.mode = "over";
    this.page = null;
    this.frame.show(h("div", { class: "end", id: "time-over" }, h("h1", {}, title), this.overText));
    this.sheet.mark(null);
    this.enable();
    this.live.quick = true;
    this.showOver();
  }

  /** The server has ended the attempt: waits for what may still arrive, and says so. */
  private serverHandedIn(submittedAt = ""): void {
    if (this.serverEnded) return;
    this.serverEnded = true;
    this.endedAt = Date.parse(submittedAt) || null;
    if (this.mode !== "over") this.freeze(t("This examination has been handed in"));
    void this.conclude();
  }

  private showOver(): void {
    if (this.mode !== "over") return;
    const waiting = this.courier.waiting;
    say(this.overText, waiting > 0 ? t("%d answers are on their way to the server. Keep this page open.", waiting) : t("The server is handing in for you."));
  }

  /** More time was given after the page had frozen. */
  private goOn(): void {
    this.mode = "question";
    this.handingIn = false;
    this.live.quick = false;
    this.showQuestion();
  }

  private async conclude(): Promise<void> {
    await this.courier.empty();
    if (this.mode !== "over") return;
    this.end(this.clock.remaining() <= 0 ? "deadline" : this.handingIn ? "candidate" : "server", this.endedAt);
  }

  private end(by: EndedBy, at: number | null): void {
    this.leave();
    showEnd(this.root, by, at, this.courier.refusedCount);
  }

  private leaseLost(): void {
    if (this.mode === "ended") return;
    const waiting = this.courier.waiting;
    this.leave();
    const more = [t("This page has stopped; what you do here is not sent.")];
    if (waiting > 0) more.push(t("The last changes to %d questions on this device did not reach the server.", waiting));
    showNotice(this.root, "lease", t("Another device has taken over this examination"), ...more);
  }

  /** Opens the attempt anew: it waits there until the backup form is released. */
  private replaced(): void {
    if (this.mode === "ended") return;
    this.leave();
    window.location.reload();
  }

  private leave(): void {
    this.mode = "ended";
    this.courier.stop();
    this.live.stop();
  }
}

function lastSave(opened: Opened): number | null {
  const answers = opened.answers || {};
  const times = Object.keys(answers).map((id) => Date.parse(answers[id].saved_at));
  return times.length > 0 ? Math.max(...times) : null;
}

/** Whether the focus is on something that is still in the page. */
function stillThere(element: Element | null): boolean {
  return element !== null && element !== document.body && document.body.contains(element);
}
