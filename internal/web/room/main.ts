// The way into the exam room: one tab, one device, the right time.

import * as api from "./api";
import { Clock } from "./clock";
import { say } from "./dom";
import { clause, showEnd, showNotice, showWaiting } from "./pages";
import { openStore } from "./queue";
import { Room } from "./room";
import { holdRoom } from "./tab";
import * as sealed from "./sealed";
import { readTexts, span, t } from "./texts";
import { Opened } from "./wire";

const askAgain = 5000; // ms while another device holds the attempt
const askEarly = 10_000; // ms while waiting for the start
const longestPause = 5000; // ms, unless the server asks for more
const burst = 1500; // ms over which a whole room's pages open

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function main(root: HTMLElement): Promise<void> {
  readTexts(root);
  showNotice(root, "opening", t("Opening the paper"));
  if (!(await holdRoom())) {
    showNotice(root, "tab", t("The examination is open in another tab"), t("Go on there. Close that tab before you use this one, then reload this page."));
    return;
  }
  const clock = new Clock();
  const opened = await enter(root, clock);
  if (!opened) return;
  const store = await openStore(opened.attempt, clock.now());
  const all = await store.all().catch(() => []);
  const sections = opened.sections || [];
  const kept = all.filter((entry) => !sections.length || sections.some((section) => section.questions.some((q) => q.id === entry.question)));
  for (const entry of all) if (!kept.includes(entry)) store.remove(entry).catch(() => {}); // of a form that was replaced
  if (opened.state !== "open" && !(opened.lease && kept.length > 0)) {
    showEnd(root, "server", Date.parse(opened.submitted_at || "") || null, kept.length);
    return;
  }
  new Room(root, opened, clock, store, kept).start();
}

/** Opens the attempt, however long it takes; null when it cannot be had. */
async function enter(root: HTMLElement, clock: Clock): Promise<Opened | null> {
  const paper = await sealed.load(root.dataset.paper || "");
  for (let failures = 0; ; failures++) {
    const asked = clock.reading();
    try {
      const opened = await begin(paper);
      clock.observe(opened.now, opened.deadline, asked);
      return opened;
    } catch (error) {
      const failure = error as api.Failure;
      const startsAt = Date.parse(failure.problem.starts_at || "");
      if (failure.status === 401) {
        window.location.replace("/room");
        return null;
      }
      if (failure.is("early") && startsAt) {
        const rough = new Clock(); // to the second, good enough for a countdown
        rough.observe(failure.date || new Date().toUTCString(), undefined, asked);
        await wait(root, rough, startsAt);
      } else if (failure.is("superseded")) {
        showNotice(root, "device", t("This examination is open on another device"), t("The invigilator has been asked to move it here. This page goes on by itself after that."));
        await pause(askAgain);
      } else if (failure.is("early")) {
        showNotice(root, "early", t("The examination has not started"), failure.message);
        await sealed.released("/room/release", askEarly);
      } else if (failure.is("late")) {
        showNotice(root, "late", t("The time of this examination is over"));
        return null;
      } else if (failure.status === 0 || failure.status === 429 || failure.status >= 500) {
        if (failure.problem.detail) showNotice(root, "busy", t("The server cannot open the paper now"), failure.message, t("This page tries again by itself."));
        else showNotice(root, "network", t("The server cannot be reached"), t("This page tries again by itself."));
        await pause(Math.max(failure.retryAfter, Math.min(longestPause, 1000 * 2 ** failures)) * (1 + 0.4 * Math.random()));
      } else {
        const rule = failure.problem.rule;
        showNotice(root, "refused", t("The examination cannot be opened"), failure.message, ...(rule ? [clause(rule)] : []));
        return null;
      }
    }
  }
}

/** Opens the attempt with the sealed paper that is here; without it where it cannot be opened. */
async function begin(paper: sealed.Sealed | null): Promise<Opened> {
  const opened = await api.open(paper ? paper.digest : "");
  if (!paper || !opened.opens) return opened;
  try {
    return { ...opened, sections: await sealed.open(paper, opened) };
  } catch {
    return api.open();
  }
}

/** Shows the countdown until it is time to ask again. */
async function wait(root: HTMLElement, clock: Clock, startsAt: number): Promise<void> {
  const countdown = showWaiting(root, startsAt);
  const until = Math.min(startsAt, clock.now() + askEarly) + Math.random() * burst;
  do {
    say(countdown, span(startsAt - clock.now()));
    await pause(250);
  } while (clock.now() < until);
}

const root = document.getElementById("room");
if (root) void main(root);
