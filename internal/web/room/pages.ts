// Whole pages with one message: before the room is open, and after it is over.

import { fill, h } from "./dom";
import { dayAndTime, t } from "./texts";
import { Rule } from "./wire";

/** Shows one message in place of everything. */
export function showNotice(root: HTMLElement, kind: string, title: string, ...more: (string | HTMLElement)[]): void {
  const shown = root.querySelector<HTMLElement>("#notice");
  const lines = more.map((line) => (typeof line === "string" ? h("p", {}, line) : line));
  const notice = h("main", { class: "calm", id: "notice", "data-kind": kind, role: "status" }, h("h1", {}, title), ...lines);
  if (shown && shown.dataset.kind === kind && shown.textContent === notice.textContent) return; // announced already
  fill(root, notice);
}

/** The regulation that refuses, with its clause and a link to it. */
export function clause(rule: Rule): HTMLElement {
  const words = `${t("By")} ${rule.id} · ${rule.document} ${rule.clause}${rule.quote ? `：“${rule.quote}”` : ""} `;
  return h("p", { class: "clause" }, words, h("a", { href: "/rules#" + rule.id }, t("See the rule")));
}

/** Shows the waiting page; returns where the countdown ticks. Showing it again changes nothing. */
export function showWaiting(root: HTMLElement, startsAt: number): HTMLElement {
  const shown = root.querySelector<HTMLElement>("#countdown");
  if (shown) return shown;
  const countdown = h("p", { class: "countdown", id: "countdown", role: "timer" });
  const starts = t("It starts at %s. This page opens by itself then.", dayAndTime(startsAt));
  showNotice(root, "early", t("The examination has not started"), starts, countdown);
  return countdown;
}

/** Who ended the attempt. */
export type EndedBy = "candidate" | "deadline" | "server";

/** Shows the end. Lost: changes that did not reach the server in time. */
export function showEnd(root: HTMLElement, by: EndedBy, at: number | null, lost: number): void {
  const title = by === "candidate" ? t("Handed in") : by === "deadline" ? t("The time is over: the server has handed in for you") : t("This examination has been handed in");
  const main = h("main", { class: "calm", id: "ended", "data-by": by, tabindex: -1 }, h("h1", {}, title));
  if (at !== null) main.appendChild(h("dl", {}, h("dt", {}, t("Handed in at")), h("dd", { id: "ended-at" }, dayAndTime(at))));
  if (lost > 0) main.appendChild(h("p", { id: "lost", role: "alert" }, t("The last changes to %d questions did not reach the server in time. Tell the invigilator before you leave.", lost)));
  else main.appendChild(h("p", {}, t("Your answers are on the server. You may leave now.")));
  fill(root, main);
  main.focus();
}
