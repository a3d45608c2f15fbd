// Tests of the modules that decide without showing anything. The Go test runs
// them in a browser and reads what failed from window.report.

import { Clock } from "./clock";
import { commandOf } from "./keys";
import { isGiven, pick } from "./paper";
import { Entry, isNewer, openStore } from "./queue";
import { Sender } from "./sender";
import { dayAndTime, span, t } from "./texts";
import { Question } from "./wire";

const cases: [string, () => void | Promise<void>][] = [];
const test = (name: string, run: () => void | Promise<void>) => cases.push([name, run]);

function same(got: unknown, want: unknown): void {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Error(`got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

let versions = 0;
function entry(question: string, queued_at = 0, after = 0): Entry {
  return { attempt: "a", question, version: String(++versions), after, queued_at, choice: [0], text: [], flagged: false };
}
const names = (entries: Entry[]) => entries.map((e) => e.question + "/" + e.version);

test("a batch stays the same until it is answered", () => {
  const sender = new Sender(4);
  const first = entry("q1");
  sender.add(first);
  const batch = sender.next(0, 100)!;
  same(batch.seq, 5);
  const second = entry("q1");
  sender.add(second);
  sender.add(entry("q2"));
  sender.failed(0.5);
  same(sender.next(0, 100), batch);
  sender.confirmed(batch);
  same(sender.waiting, 2); // the newer version of q1 was not what the server confirmed
  const next = sender.next(0, 100)!;
  same([next.seq, next.entries.length], [6, 2]);
  sender.confirmed(next);
  same([sender.next(0, 100), sender.waiting, sender.assigned], [null, 0, 6]);
});

test("changes of one question are sent once", () => {
  const sender = new Sender(0);
  sender.add(entry("q1"));
  const last = entry("q1");
  sender.add(last);
  same(names(sender.next(0, 100)!.entries), names([last]));
});

test("a batch holds no more than the server takes", () => {
  const sender = new Sender(0);
  for (let i = 0; i < 450; i++) sender.add(entry("q" + i));
  const sizes: number[] = [];
  for (let batch = sender.next(0, 100); batch; batch = sender.next(0, 100)) {
    sizes.push(batch.entries.length);
    sender.confirmed(batch);
  }
  same(sizes, [200, 200, 50]);
});

test("pauses grow from one second to five and start anew after a success", () => {
  const sender = new Sender(0);
  same([1, 2, 3, 4, 5, 6].map(() => sender.failed(0.5)), [1000, 2000, 4000, 5000, 5000, 5000]);
  sender.add(entry("q1"));
  sender.confirmed(sender.next(0, 100)!);
  same(sender.failed(0), 800);
  same(new Sender(0).failed(1), 1200);
  same([0, 0.5, 1].map((random) => new Sender(0).failed(random, 6000)), [6000, 7500, 9000]); // not sooner than asked
  same(new Sender(0).failed(0, 3600_000), 10_000);
});

test("a newer save moves the number on and drops what lost", () => {
  const sender = new Sender(1);
  const lost = entry("q1");
  sender.add(lost);
  sender.add(entry("q2"));
  sender.next(0, 100);
  sender.superseded(9, [lost]);
  const batch = sender.next(0, 100)!;
  same([batch.seq, batch.entries.length, batch.entries[0].question], [10, 1, "q2"]);
});

test("after the deadline a doubtful change does not take sure ones with it", () => {
  const sender = new Sender(0);
  const deadline = 1_000_000;
  sender.add(entry("sure", deadline - 60_000));
  sender.add(entry("doubtful", deadline - 100));
  const before = sender.next(deadline - 1, deadline)!; // on its way when the time ended
  same(sender.late(before, deadline).length, 0);
  const sure = sender.next(deadline + 1, deadline)!;
  same([sure.seq, sure.entries.length, sure.entries[0].question], [1, 1, "sure"]);
  sender.confirmed(sure);
  const rest = sender.next(deadline + 1, deadline)!;
  same(sender.late(rest, deadline).map((e) => e.question), ["doubtful"]);
  same(sender.waiting, 0);
});

test("a kept entry goes before the server's, unless somebody saved later", () => {
  const saved = "2026-11-21T15:00:00+08:00";
  const at = Date.parse(saved);
  same(isNewer(entry("q", at - 5000, 7), 7, saved), true); // nobody saved but this device
  same(isNewer(entry("q", at - 5000, 7), 8, saved), false);
  same(isNewer(entry("q", at + 5000, 7), 8, saved), true);
  same(isNewer(entry("q", at - 5000, 7), 8, undefined), true);
});

test("the clock follows the server and not the computer", () => {
  let reading = 1000;
  const clock = new Clock(() => reading);
  const iso = (ms: number) => new Date(ms).toISOString();
  clock.observe(iso(500_000), iso(600_000), 800); // asked at 800, answered at 1000
  same(clock.now(), 500_100);
  reading = 11_000;
  same(clock.remaining(), 89_900);
  clock.observe(iso(510_050), iso(600_000), 10_950); // agrees within its round trip: nothing jumps
  same(clock.now(), 510_100);
  clock.observe(iso(570_000), iso(660_000)); // the computer slept; a push with more time
  same([clock.now(), clock.remaining()], [570_000, 90_000]);
  clock.observe(iso(510_000), iso(600_000), 0); // overtaken on its way
  same(clock.remaining(), 90_000);
});

test("a store gives back what was put, and forgets a version only when it is that one", async () => {
  const now = Date.now();
  const store = await openStore("a", now);
  same(store.durable, true);
  const first = entry("q1", now);
  const second = entry("q1", now);
  await store.put(first);
  await store.put(second);
  await store.remove(first);
  same(names(await store.all()), names([second]));
  await store.put({ ...entry("q1", now - 72 * 3600_000), attempt: "somebody else, three days ago" });
  await store.put({ ...entry("q1", now - 3600_000), attempt: "somebody else, an hour ago" });
  same(names(await (await openStore("a", now)).all()), names([second]));
  same((await (await openStore("somebody else, three days ago", now)).all()).length, 0);
  same((await (await openStore("somebody else, an hour ago", now)).all()).length, 1);
  await store.remove(second);
  same(await store.all(), []);
});

test("picking replaces, and in a multiple choice joins or leaves", () => {
  const question = (type: string) => ({ type }) as Question;
  const answer = { choice: [2], text: [], flagged: true };
  same(pick(question("single"), answer, 1), { choice: [1], text: [], flagged: true });
  same(pick(question("multiple"), answer, 0).choice, [0, 2]);
  same(pick(question("multiple"), answer, 2).choice, []);
  same([isGiven({ choice: [], text: ["", " "], flagged: true }), isGiven({ choice: [], text: ["", "5"], flagged: false })], [false, true]);
});

test("keys choose, move and flag, and stay the browser's with Ctrl or in a text", () => {
  const key = (code: string, type: Question["type"] = "single", more = {}) => commandOf(new KeyboardEvent("keydown", { code, key: code.replace("Key", "").toLowerCase(), ...more }), type);
  same([key("KeyA"), key("KeyH"), key("KeyI"), key("KeyM")], [{ choose: 0 }, { choose: 7 }, null, "flag"]);
  same([key("KeyT", "true_false"), key("KeyF", "true_false"), key("KeyB", "true_false")], [{ choose: 0 }, { choose: 1 }, { choose: 1 }]);
  same([key("KeyF", "multiple"), key("KeyA", "single", { ctrlKey: true }), key("KeyA", "single", { isComposing: true })], [{ choose: 5 }, null, null]);
  same([key("", "single", { key: "ArrowLeft" }), key("", "single", { key: "ArrowRight" })], ["previous", "next"]);
});

test("times are Asia/Shanghai, spans count a started second", () => {
  same(dayAndTime(Date.parse("2026-11-21T15:04:12.9+08:00")), "2026年11月21日 15:04:12");
  same([span(4_358_000), span(1), span(0), span(-5)], ["01:12:38", "00:00:01", "00:00:00", "00:00:00"]);
  same(t("%[2]s before %[1]d", 1, "b"), "b before 1");
});

async function run(): Promise<void> {
  const report: { [name: string]: string } = {};
  for (const [name, act] of cases) {
    try {
      await act();
      report[name] = "";
    } catch (error) {
      report[name] = String(error);
    }
  }
  (window as unknown as { report: string }).report = JSON.stringify(report);
}
void run();
