// The wire: everything that happened, newest first, with filter and search, and one entry opened.

import * as timeline from "./timeline.js";
import { byId, el, icon } from "./dom.js";
import { avatar } from "./people.js";
import { describe } from "./bubbles.js";
import { firstWords, signOf } from "./message_summary.js";
import { exactTimeOf, t, took, words } from "./i18n.js";
import { why } from "./steps.js";
import { on, store } from "./store.js";
import { open } from "./wire_panes.js";
import { select } from "./selection.js";

const FILTERS = ["all", "texts", "events", "late", "authorizations", "failed", "slow", "calls"];
const SLOW = 1000; // milliseconds
const SHOWN = 300;

let filter = "all";
let sought = "";

export function start() {
  build();
  timeline.start(byId("details"));
  on("language", build);
  on("language", () => timeline.start(byId("details")));
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

function drawList() {
  const [all, fitsThis, draw] =
    filter === "calls" ? [store.calls, callFits, drawCall] : [happenings(), fits, drawRow];
  const fitting = all.filter(fitsThis).reverse().slice(0, SHOWN);
  const hint = all.length ? t("nothingFound") : t("nothingHappened");
  const focused = document.activeElement?.dataset.shows;
  byId("list").replaceChildren(
    ...(fitting.length ? fitting.map(draw) : [el("li", { class: "hint" }, hint)]),
  );
  if (focused) byId("list").querySelector(`[data-shows="${focused}"]`)?.focus();
  markSelected();
}

// Entries of the chats and web authorizations, in the order in which they began.
const happenings = () =>
  [...store.entries.values(), ...store.authorizations].sort((one, other) => one.at - other.at);

const total = (entry) => (entry.deliveries ?? []).reduce((sum, each) => sum + each.milliseconds, 0);
const isUnrouted = (entry) => entry.log?.outcome === "unanswered";
const hasFailed = (entry) =>
  Boolean(
    entry.fault ||
    entry.outcome === "failed" ||
    entry.deliveries?.some((each) => each.failure) ||
    entry.log?.problem,
  );

function fits(entry) {
  const isEvent = entry.done?.kind === "event";
  const kinds = {
    all: true,
    texts: Boolean(entry.done) && !isEvent,
    events: isEvent,
    late: Boolean(entry.late),
    authorizations: Boolean(entry.outcome),
    failed: hasFailed(entry) || (isUnrouted(entry) && entry.expects),
    slow: total(entry) > SLOW || entry.log?.outcome === "queued",
  };
  return kinds[filter] && (!sought || searched(entry).includes(sought));
}

function searched(entry) {
  const said = [entry.done, entry.answer, entry.late].map((each) => each?.text ?? "");
  const { route = "", kind = "", outcome = "" } = entry.log ?? {};
  return [...said, entry.identity, entry.fault, route, kind, outcome, entry.page, how(entry)]
    .join("\n")
    .toLowerCase();
}

// The outcome in brief: what went wrong, or which route answered.
function how(entry) {
  if (entry.late) return t("late");
  if (entry.agent) return t("agent");
  if (entry.outcome) return words("authorizationOutcomes", entry.outcome);
  if (entry.log?.problem) return brief(entry.log.problem);
  return isUnrouted(entry) ? t("unrouted") : (entry.log?.route ?? "");
}

const brief = (problem) =>
  problem.cause
    ? why(problem)
    : [words("problems", problem.name), problem.errcode || why(problem)].filter(Boolean).join(" ");

// What an entry is about, in one line.
function what(entry) {
  if (entry.outcome) return [icon("person"), ` ${t("authorization")} · ${entry.page}`];
  if (entry.late) return [icon(signOf(entry.late)), ` ${firstWords(entry.late)}`];
  return describe(entry.done);
}

function drawRow(entry) {
  const shows = entry.outcome ? `authorization-${entry.number}` : `${entry.number}`;
  const milliseconds = entry.outcome ? entry.milliseconds : total(entry);
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: hasFailed(entry) ? "happening failed" : "happening",
        "data-shows": shows,
        onclick: () => lookInto(shows),
      },
      avatar(entry.openid),
      el("span", { class: "what" }, what(entry)),
      el("time", {}, exactTimeOf(entry.at)),
      el("span", { class: "how" }, entry.deliveries ? dots(entry) : "", el("span", {}, how(entry))),
      entry.late ? "" : el("span", { class: "took" }, entry.pending ? "…" : took(milliseconds)),
    ),
  );
}

const callFits = (call) => JSON.stringify(call).toLowerCase().includes(sought);

// An API call, which may belong to no push.
function drawCall(call) {
  const result = call.errcode === null ? t("cut") : `errcode ${call.errcode}`;
  const look = () => {
    timeline.showCall(call);
    open();
  };
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        class: call.errcode === 0 ? "happening call" : "happening call failed",
        onclick: look,
      },
      el("span", { class: "avatar account" }, icon("bolt")),
      el("span", { class: "what" }, call.path),
      el("time", {}, exactTimeOf(call.at)),
      el("span", { class: "how" }, result),
      el("span", { class: "took" }, took(call.milliseconds)),
    ),
  );
}

// A dot for each delivery, red if WeChat did not accept its answer. One more if the job failed.
function dots(entry) {
  return el(
    "span",
    { class: "dots" },
    entry.deliveries.map((each) => el("i", { class: each.failure ? "failed" : "" })),
    entry.log?.problem ? el("i", { class: "failed" }) : null,
  );
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
    each.setAttribute("aria-pressed", String(each.dataset.shows === timeline.shown()));
  }
}
