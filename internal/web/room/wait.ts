// The waiting page of a sitting with a central paper: loads the sealed paper,
// and goes on when it is released.

import { load, released } from "./sealed";

const burst = 1500; // ms over which a whole room's pages open
const forever = 2 ** 31 - 1; // ms, the most that a timer can wait

const waiting = document.getElementById("waiting");
if (waiting) {
  const { paper, release, then } = waiting.dataset;
  void load(paper || "");
  if (release && then) void released(release, forever).then(() => setTimeout(() => window.location.assign(then), Math.random() * burst));
}
