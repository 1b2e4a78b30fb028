// What the backend stores, live: secrets by name and version, tables, queues. Also a stream of
// pushes, and the schedules.

import { button, byId, el, redraw } from "./dom.js";
import { post } from "./server.js";
import { current, dayOf, exactTimeOf, t, words } from "./i18n.js";
import { stateOf, toneOf } from "./progress.js";
import { on, person, store } from "./store.js";
import { schedules, state } from "./schedules.js";
import { streaming } from "./stream.js";
import * as acts from "./stored_acts.js";
import { json, statusOf } from "./steps.js";
import { described, profileOf, workOf } from "./stored_items.js";
import { answerTexts } from "./stored_replies.js";
import { shownBeside } from "./views.js";

const PUSH = "push#";
const opened = new Set(); // the rows that are open

export function start() {
  for (const topic of ["status", "tables", "entries", "language", "view"]) on(topic, draw);
}

// Drawn in parts: the counters change often, and the tables must keep their scroll position.
function draw() {
  if (!store.status || shownBeside() !== "tables") return;
  const { stream, rotation } = store.status;
  const { there } = store.tables;
  redraw(part("tables-title"), [current(), there], () => [
    el("header", { class: "row spread" }, el("h2", {}, t("tables"))),
    ...(there ? [] : [el("p", { class: "hint" }, t("notHere"))]),
  ]);
  redraw(part("tables-stream"), [current(), stream, rotation], () => streaming(stream, rotation));
  redraw(part("tables-schedules"), [current(), there, state()], () =>
    there ? schedules(draw) : [],
  );
  const states = [...store.entries.values()].map((each) => [each.state, each.parts]);
  const key = [current(), store.tables, rotation.runs, acts.inWire(), states];
  redraw(part("tables-items"), key, () => (there ? drawTables(rotation) : []));
}

function part(id) {
  const known = byId(id);
  if (!known) byId("tables").append(el("div", { id }));
  return known ?? byId(id);
}

function drawTables(rotation) {
  const { items, profiles, jobs, dead } = store.tables;
  const records = items.filter((each) => each.id.startsWith(PUSH));
  const others = items.filter((each) => !each.id.startsWith(PUSH));
  return [
    secrets(rotation),
    table("pushRecords", records, RECORD, acts.onRecord),
    table("queue", jobs, JOB, acts.onJob),
    table("deadLetters", dead, DEAD_LETTER, acts.onDeadLetter),
    table("profiles", profiles, PROFILE, acts.onProfile),
    table("otherItems", others, OTHER, acts.onOther),
  ];
}

function secrets(rotation) {
  const rows = store.tables.secrets.map((each) => {
    const known = rotation.names.includes(each.name);
    const rotate = () => post("rotations", { name: each.name });
    const doIt = known
      ? button(
          t("rotateName", { name: each.name }),
          rotate,
          { class: "small", disabled: rotation.runs },
          t("rotate"),
        )
      : "";
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, each.name),
      el("td", {}, `v${each.version}`),
      el("td", {}, dayOf(each.at)),
      el("td", {}, doIt),
    );
  });
  return section("secrets", rows.length, ["name", "version", "changed", ""], rows);
}

const short = (text) => (text.length > 12 ? `${text.slice(0, 10)}…` : text);
const pushOf = ({ id }) => store.entries.get(acts.inWire()[id.slice(PUSH.length)]);

// The record says what the backend has done, the push what has become of it.
function tag(record, push) {
  const word = push ? stateOf(push) : becameOf(record);
  return el("span", { class: `tag ${push ? toneOf(push) : ""}` }, word);
}

// A message of the account's own has no push: the log knows it, while only the line tells whether
// it still waits. Of a push from before the page's server began, the line is all that is known.
function becameOf(record) {
  const outcome = store.tables.own[record.id.slice(PUSH.length)];
  const inLine = words("records", waits(record) ? "inLine" : "left");
  if (!outcome) return record.delivered ? inLine : words("records", statusOf(record));
  const became = outcome === "waits" ? inLine : words("jobOutcomes", outcome);
  return `${t("ownMessage")} · ${became}`;
}

function waits({ id }) {
  const parts = store.tables.items.flatMap(({ parts }) => (parts ? JSON.parse(parts) : []));
  return parts.some(({ name }) => name.startsWith(id.slice(PUSH.length)));
}

// How many messages of the answer have arrived, as far as is known.
function arrivedOf(push) {
  if (!push) return "";
  return `${push.state === "answered" ? 1 : push.parts}`;
}

const RECORD = {
  identity: (each) => short(each.id.slice(PUSH.length)),
  statusOf: (each) => tag(each, pushOf(each)),
  answer: (each) => clipped(answerTexts(each.answer).join(" / ")),
  sent: (each) => arrivedOf(pushOf(each)),
  expires: (each) => dayOf(each.expires),
};
const ANY_JOB = {
  identity: (each) => short(each.identity),
  job: workOf,
  who: (each) => person(each.openid).name,
  tries: (each) => `${each.tries ?? ""}`,
};
const JOB = { ...ANY_JOB, nextTry: (each) => whenFree(each, "inTurn") };
const DEAD_LETTER = { ...ANY_JOB, resendable: (each) => whenFree(each, "now") };
const PROFILE = {
  who: (each) => profileOf(each).who,
  name: (each) => profileOf(each).name,
  follow: (each) => words("follows", each.subscribed) ?? "",
  changed: (each) => (each.updated ? dayOf(each.updated) : ""),
};
const OTHER = {
  what: (each) => clipped(described(each).what),
  who: (each) => described(each).who,
  content: (each) => clipped(described(each).holds),
  expires: (each) => (each.expires ? dayOf(each.expires) : ""),
};

// Nobody else gets a job that was taken out of its queue, until some time has passed.
const whenFree = ({ waiting, visible_at: at }, free) =>
  waiting ? t(free) : t("after", { time: exactTimeOf(at) });

const clipped = (text) =>
  text && el("span", { class: "clipped" }, text.length > 60 ? `${text.slice(0, 58)}…` : text);

// A row opens to show the whole item, and has buttons for what can be done with it.
function table(name, items, columns, actsOn) {
  const rows = items.flatMap((item) => drawItem(name, item, Object.entries(columns), actsOn(item)));
  return section(name, items.length, [...Object.keys(columns), ""], rows, "items");
}

function drawItem(name, item, columns, buttons) {
  const id = `${name} ${item.id ?? item.identity ?? item.openid}`;
  const all = el(
    "tr",
    { class: "all", hidden: !opened.has(id) },
    el("td", { colSpan: columns.length + 1 }, json(item.body ?? item)),
  );
  const open = (event) => {
    if (event.target.closest("button") && !toggle.contains(event.target)) return;
    all.hidden = !all.hidden;
    toggle.ariaExpanded = String(!all.hidden);
    opened[all.hidden ? "delete" : "add"](id);
  };
  const [[firstColumn, first], ...others] = columns;
  const toggle = el(
    "button",
    { type: "button", class: "toggle", id: `open ${id}`, "aria-expanded": String(!all.hidden) },
    first(item),
  );
  const cell = (column, ...inside) => el("td", { "data-column": t(column) }, ...inside);
  const row = el(
    "tr",
    { class: "opens", onclick: open },
    cell(firstColumn, toggle),
    others.map(([column, draw]) => cell(column, draw(item))),
    el("td", {}, el("span", { class: "row end" }, buttons)),
  );
  return [row, all];
}

function section(name, count, columns, rows, kind = "") {
  const head = el(
    "tr",
    {},
    columns.map((each) => el("th", { scope: "col" }, each && t(each))),
  );
  const body = el(
    "div",
    { class: "scrolls" },
    el("table", { class: kind }, el("thead", {}, head), el("tbody", {}, rows)),
  );
  return el(
    "section",
    { "aria-label": t(name) },
    el("h3", {}, t(name), el("small", {}, t("count", { n: count }))),
    count ? body : el("p", { class: "hint" }, t("empty")),
  );
}
