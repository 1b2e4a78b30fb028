// The wire: everything that happened, newest first, with filter and search, and one entry opened.

import * as timeline from "./timeline.js";
import { byId, el } from "./dom.js";
import { current, t } from "./i18n.js";
import { toneOf } from "./progress.js";
import { select } from "./selection.js";
import { on, person, store } from "./store.js";
import { open } from "./wire_panes.js";
import { callRowOf, how, rowOf } from "./wire_rows.js";

const FILTERS = ["all", "texts", "events", "late", "authorizations", "failed", "slow", "calls"];
const SLOW = 1000; // milliseconds
const SHOWN = 300;
const AT_ONCE = 10;

let most = AT_ONCE; // rows that are drawn now
let filter = "all";
let sought = "";
const rows = new Map(); // the rows so far, by what they show

export function start() {
  build();
  timeline.start(byId("details"));
  on("language", build);
  on("language", () => timeline.start(byId("details")));
  on("cleared", () => rows.clear());
  for (const topic of ["cleared", "language"]) on(topic, () => (most = AT_ONCE));
  for (const topic of ["entries", "cleared", "language"]) on(topic, drawList);
  on("calls", () => filter === "calls" && drawList());
  on("authorizations", drawList);
  on("selected", markSelected);
}

function build() {
  const search = el("input", {
    id: "search",
    type: "search",
    placeholder: t("searchHint"),
    "aria-label": t("search"),
    value: sought,
    oninput: (event) => {
      sought = event.target.value.trim().toLowerCase();
      drawList();
    },
  });
  const chips = FILTERS.map((each) =>
    el(
      "button",
      {
        type: "button",
        class: "chip",
        id: `filter-${each}`,
        "aria-pressed": String(each === filter),
        onclick: () => choose(each),
      },
      t(each),
    ),
  );
  byId("wire").replaceChildren(
    el(
      "div",
      { id: "happened" },
      search,
      el("div", { class: "chips", role: "group", "aria-label": t("filter") }, chips),
      el("ol", { id: "list", "aria-label": t("wire") }),
    ),
    el("div", { id: "details", tabIndex: -1 }),
  );
}

function choose(next) {
  filter = next;
  for (const each of FILTERS)
    byId(`filter-${each}`).setAttribute("aria-pressed", String(each === next));
  drawList();
}

// Draws the newest rows, and the others some at a time, because many at once would hold the page up.
function drawList() {
  const all = (filter === "calls" ? callsThatFit() : entriesThatFit()).reverse().slice(0, SHOWN);
  const children = all.slice(0, most).map((each) => each());
  const hint = isEmpty() ? t("nothingHappened") : t("nothingFound");
  const focused = document.activeElement?.dataset.shows;
  put(children.length ? children : [el("li", { class: "hint" }, hint)]);
  if (focused) byId("list").querySelector(`[data-shows="${focused}"]`)?.focus();
  markSelected();
  if (most < all.length) setTimeout(drawMore);
}

function drawMore() {
  most += AT_ONCE;
  drawList();
}

const isEmpty = () => !(filter === "calls" ? store.calls.length : happenings().length);

// Functions that draw the rows, in order of time.
const callsThatFit = () =>
  store.calls.filter(callFits).map((call) => () => callRowOf(call, lookIntoCall));

function entriesThatFit() {
  const parts = partsByCause();
  const of = (entry) => (entry.done ? (parts.get(entry.number) ?? []) : []);
  const fitting = happenings().filter((entry) => fits(entry, of(entry)));
  return fitting.map((entry) => () => kept(entry, of(entry)));
}

const idOf = (entry) => `${entry.outcome ? "authorization-" : ""}${entry.number}`;

// The same element as before, unless something in the row has changed.
function kept(entry, parts) {
  const key = [entry, current(), person(entry.openid).name, ...parts];
  const before = rows.get(idOf(entry));
  if (before && key.length === before.key.length && key.every((each, n) => each === before.key[n]))
    return before.row;
  const row = rowOf(entry, parts, lookInto);
  rows.set(idOf(entry), { key, row });
  return row;
}

function partsByCause() {
  const found = new Map();
  for (const entry of store.entries.values())
    if (isPart(entry)) found.set(entry.cause, [...(found.get(entry.cause) ?? []), entry]);
  return found;
}

// Changes only what differs, so that a long list costs no more than what happened.
function put(children) {
  const list = byId("list");
  const wanted = new Set(children);
  for (const each of [...list.children]) if (!wanted.has(each)) each.remove();
  let there = list.firstElementChild;
  for (const each of children) {
    if (each === there) there = there.nextElementSibling;
    else list.insertBefore(each, there);
  }
}

// Entries of the chats and web authorizations, in the order in which they began. The parts of an
// answer are inside its row.
const happenings = () =>
  [...store.entries.values(), ...store.authorizations]
    .filter((each) => !isPart(each))
    .sort((one, other) => one.at - other.at);

const isPart = (entry) => Boolean(entry.late) && entry.cause !== null;
const hasFailed = (entry) =>
  toneOf(entry) === "failed" ||
  entry.held > 0 ||
  Boolean(entry.deliveries?.some((each) => each.failure));

function fits(entry, parts) {
  const isEvent = entry.done?.kind === "event";
  const kinds = {
    all: true,
    texts: Boolean(entry.done) && !isEvent,
    events: isEvent,
    late: Boolean(entry.late) || parts.length > 0,
    authorizations: Boolean(entry.outcome),
    failed: hasFailed(entry),
    slow: entry.milliseconds > SLOW || entry.log?.outcome === "queued",
  };
  return kinds[filter] && (!sought || searched(entry, parts).includes(sought));
}

function searched(entry, parts) {
  const said = [entry.done, entry.answer, entry.late, ...parts.map((each) => each.late)];
  const { route = "", kind = "", outcome = "" } = entry.log ?? {};
  const texts = said.map((each) => each?.text ?? "");
  return [...texts, entry.identity, entry.fault, route, kind, outcome, entry.page, how(entry)]
    .join("\n")
    .toLowerCase();
}

const callFits = (call) => JSON.stringify(call).toLowerCase().includes(sought);

function lookIntoCall(call) {
  timeline.showCall(call);
  open();
}

// Shows an entry by its number, or a web authorization.
export function look(shows) {
  const authorization = /^authorization-(\d+)$/.exec(shows);
  if (!authorization) return select(Number(shows));
  timeline.showAuthorization(Number(authorization[1]));
  markSelected();
}

function lookInto(shows) {
  look(shows);
  open();
}

function markSelected() {
  for (const each of byId("list").querySelectorAll("[data-shows]")) {
    const pressed = String(each.dataset.shows === timeline.shown());
    if (each.getAttribute("aria-pressed") !== pressed) each.setAttribute("aria-pressed", pressed);
  }
}
