// The chat of the user who holds the phone: a row for each entry, drawn again only when it changes.
// It is laid out from the end, so that it stays there unless somebody scrolls back.

import { button, byId, el, redraw } from "./dom.js";
import { act, accountAvatar, avatar } from "./people.js";
import { bubble, describe } from "./bubbles.js";
import { current, dayOf, t, timeOf } from "./i18n.js";
import { on, person, store } from "./store.js";
import { stateOf, toneOf, tookOf } from "./progress.js";
import { select } from "./selection.js";
import { slices } from "./slices.js";
import { startWriting } from "./composition.js";

const SILENCE = 300; // seconds after which the chat shows the time again
const rows = new Map(); // entries of this user, by their number
let lastAt = 0;

export function start() {
  on("entries", take);
  for (const topic of ["person", "language", "cleared"]) on(topic, drawAll);
  on("status", () => rows.size || drawEmpty());
  on("selected", mark);
}

function drawAll() {
  rows.clear();
  lastAt = 0;
  byId("rows").replaceChildren();
  byId("chat").scrollTop = 0;
  coming.clear();
  take([...store.entries.values()]);
  if (!rows.size) drawEmpty();
}

function drawEmpty() {
  if (!store.status || !person().follows || byId("rows").childElementCount) return;
  const begin = button(t("nothingYet"), startWriting, { class: "as-link" });
  const hint = el("p", {}, begin, el("br"), el("small", {}, t("emptyHint")));
  byId("rows").replaceChildren(el("li", { class: "empty" }, hint));
}

function take(entries) {
  const mine = entries.filter((each) => each.openid === store.openid);
  if (!mine.length) return;
  byId("rows").querySelector(".empty")?.remove();
  coming.add(mine);
}

const coming = slices((entries) => {
  for (const entry of entries) drawEntry(rows.get(entry.number) ?? added(entry), entry);
});

function added(entry) {
  markTime(entry);
  const row = el("li", { class: "entry", "data-number": entry.number });
  byId("rows").append(row);
  if (!entry.late) byId("chat").scrollTop = 0;
  rows.set(entry.number, row);
  return row;
}

function markTime(entry) {
  if (entry.at - lastAt > SILENCE) {
    const isToday = Date.now() / 1000 - entry.at < 43_200;
    const time = (isToday ? timeOf : dayOf)(entry.at);
    byId("rows").append(el("li", { class: "time" }, time));
  }
  lastAt = entry.at;
}

// A change of the log changes nothing here, and must not replace a button that is being pressed.
function drawEntry(row, { log, ...seen }) {
  redraw(row, seen, () => (seen.late ? theirs(seen.late) : turn(seen)));
}

function turn(entry) {
  const done = entry.done.kind === "event" ? note(describe(entry.done), "event") : mine(entry);
  return [
    done,
    ...(entry.deliveries.length ? [behind(entry)] : []),
    ...(entry.pending ? [waiting()] : outcome(entry)),
  ];
}

function mine(entry) {
  return el("div", { class: "said mine" }, bubble(entry.done, say), avatar(entry.openid));
}

function theirs(said) {
  const shown = said.label ? labelled(said) : bubble(said, say);
  return el("div", { class: "said theirs" }, accountAvatar(), shown);
}

function labelled(said) {
  return el("div", { class: "labelled" }, bubble(said, say), el("small", {}, said.label));
}

function outcome(entry) {
  if (entry.agent) return [note(t("toAgent", { account: entry.agent }), "silence")];
  if (entry.answer?.kind === "transfer") return [note(t("transfer"), "silence")];
  const rest = isUnfinished(entry) ? [note(stateOf(entry), "silence")] : [];
  if (entry.answer) return [theirs(entry.answer), ...rest];
  if (entry.fault) {
    const gloss = current() === "en" ? [el("small", {}, t("faultLine"))] : [];
    return [note(entry.fault, "fault", ...gloss)];
  }
  if (entry.unread) return [note(t("unread"), "silence")];
  return entry.expects && !entry.parts ? [note(stateOf(entry), "silence")] : rest;
}

// Whether there is more to tell than what the user has read.
const isUnfinished = ({ state }) => !["answered", "sent", "unneeded"].includes(state);

function waiting() {
  const dots = el(
    "div",
    { class: "bubble pending", role: "status", "aria-label": t("waiting") },
    el("i"),
    el("i"),
    el("i"),
  );
  return el("div", { class: "said theirs" }, accountAvatar(), dots);
}

function note(text, kind, ...more) {
  return el("div", { class: `note ${kind}` }, text, ...more);
}

function behind(entry) {
  const failed = toneOf(entry) === "failed";
  const facts = [t("behind", { n: entry.deliveries.length }), tookOf(entry)];
  return el(
    "button",
    {
      type: "button",
      class: failed ? "behind failed" : "behind",
      onclick: () => select(entry.number, { show: true }),
    },
    facts.filter(Boolean).join(" · "),
  );
}

function mark(number) {
  for (const [each, row] of rows) row.classList.toggle("selected", each === number);
}

function say(text, bizmsgmenuid = "") {
  if (person().follows) act("say", text, bizmsgmenuid ? { bizmsgmenuid } : {});
}
