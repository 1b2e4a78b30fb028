// Everything behind one entry, as a timeline whose steps open.

import * as steps from "./steps.js";
import { bars, heading, authorizationHeading } from "./overview.js";
import { bubble } from "./bubbles.js";
import { el, icon } from "./dom.js";
import { getJson } from "./server.js";
import { current, exactTimeOf, t, took } from "./i18n.js";
import { firstWords, signOf } from "./message_summary.js";
import { on, person, store } from "./store.js";
import { selected } from "./selection.js";
import { backToList } from "./wire_panes.js";

let place = null;
let drawn = ""; // what is drawn now, so that a redraw closes no open step without need
let asking = null;
let again = false; // whether something changed during the request
let latest = null; // the latest data of the entry that is shown
const opened = new Set(); // the steps that are open, by entry and step
const explained = new Map();

let call = null; // the API call that is shown instead
let authorization = null; // or the number of the web authorization
const aside = () => call !== null || authorization !== null;

on("selected", () => {
  call = null;
  authorization = null;
  show();
});
on("entries", (entries) => !aside() && entries.some(concerns) && show());
on("calls", () => aside() || show());
for (const topic of ["authorizations", "calls"])
  on(topic, () => authorization === null || drawAuthorization());

// What is shown: the number of an entry, or `authorization-` and its number.
export const shown = () => {
  if (authorization !== null) return `authorization-${authorization}`;
  return call ? "" : `${selected()}`;
};

export function start(element) {
  place = element;
  drawn = "";
  if (call) showCall(call);
  else if (authorization !== null) drawAuthorization();
  else show();
}

const concerns = (entry) =>
  [selected(), latest?.number].includes(entry.number) ||
  (entry.late && entry.openid === store.entries.get(selected())?.openid);

async function show() {
  const number = selected();
  if (number === null) return empty();
  if (asking === number) {
    again = true;
    return;
  }
  asking = number;
  again = false;
  try {
    const turn = await getJson(`turns/${number}`);
    if (number !== selected() || aside()) return;
    latest = turn;
    draw(turn);
    if (turn.done && !turn.agent) explain(turn);
  } catch {
    // the simulator is out of reach or was restarted: the next news asks again
  } finally {
    asking = null;
    if (again || number !== selected()) show();
  }
}

function empty() {
  drawn = "";
  place.replaceChildren(el("p", { class: "hint" }, t("select")));
}

// Shows an API call by itself.
export function showCall(made) {
  const step = steps.call(made);
  call = made;
  authorization = null;
  drawn = "";
  latest = null;
  const title = el(
    "div",
    { class: "who" },
    el(
      "div",
      {},
      el("h3", {}, made.path),
      el("p", {}, `${step.summary} · ${exactTimeOf(made.at)}`),
    ),
  );
  place.replaceChildren(
    el("header", {}, backToList(), title),
    el("div", { class: "inside" }, step.details()),
  );
}

// Shows a web authorization, page by page.
export function showAuthorization(number) {
  call = null;
  authorization = number;
  drawn = "";
  latest = null;
  drawAuthorization();
}

let requests = 0; // of web authorizations: only the last answer counts

async function drawAuthorization() {
  const mine = ++requests;
  const data = await getJson(`web-authorizations/${authorization}`).catch(() => null);
  const key = JSON.stringify([current(), data]);
  if (!data || authorization === null || mine !== requests || key === drawn) return;
  drawn = key;
  const all = [
    ...data.fetches.map((each, n) => ({
      id: `fetch-${n}`,
      at: each.at,
      order: 0,
      sign: each.kind === "choice" ? "person" : "wire",
      ...steps.fetch(each),
    })),
    ...callSteps(data),
    ...lineSteps(data),
  ];
  const about = { number: `authorization-${data.number}`, at: data.at };
  const hint = el("p", { class: "hint" }, t("authorizationHint"));
  place.replaceChildren(authorizationHeading(data), hint, listOf(about, all), ...lack());
}

async function explain(turn) {
  explained.set(turn.number, await getJson(`turns/${turn.number}/routes`));
  if (latest?.number === turn.number) draw(latest);
}

function draw(turn) {
  const key = JSON.stringify([current(), turn, explained.get(turn.number)]);
  if (key === drawn) return;
  drawn = key;
  const list = listOf(turn, [...wireSteps(turn), ...backendSteps(turn)]);
  const deliveries = turn.exchanges.length ? [bars(turn)] : [];
  const scrolled = place.scrollTop;
  place.replaceChildren(heading(turn), ...wrong(turn), ...deliveries, list, ...lack());
  place.scrollTop = scrolled;
}

function listOf(about, all) {
  const inOrder = all.sort((one, other) => one.at - other.at || one.order - other.order);
  return el(
    "ol",
    { class: "timeline" },
    inOrder.map((step) => drawStep(about, step)),
  );
}

function wrong({ log, late, lines, agent }) {
  if (agent) return [el("p", { class: "hint" }, t("toAgent", { account: agent }))];
  if (late)
    return [el("p", { class: "hint" }, t(lines.length ? "sentForNoPush" : "ofNoPush"))];
  if (!log?.problem) return [];
  return [el("p", { class: "note fault", id: "wrong" }, steps.inWords(log.problem))];
}

const lack = () => (store.tables.there ? [] : [el("p", { class: "hint" }, t("onlyMakeRun"))]);

function wireSteps(turn) {
  const explanation = explained.get(turn.number);
  const first = turn.exchanges[0]?.at ?? turn.at;
  return [
    ...turn.exchanges.map((each, position) => ({
      id: `delivery-${position}`,
      at: each.at,
      order: 0,
      sign: "wire",
      open: position === 0,
      ...steps.delivery(each, position + 1),
    })),
    ...(explanation
      ? [
          {
            id: "route",
            at: first,
            order: 1,
            sign: "link",
            ...steps.route(explanation, turn.log, turn.expects),
          },
        ]
      : []),
    ...lateOnes(turn),
  ];
}

const lateOnes = (turn) =>
  turn.arrived.map((each) => ({
    id: `late-${each.number}`,
    at: each.at,
    order: 5,
    sign: signOf(each.late),
    title: each.openid === turn.openid ? t("arrived") : t("arrivedAt", person(each.openid)),
    summary: firstWords(each.late),
    details: () => [el("div", { class: "said theirs" }, bubble(each.late, () => {}))],
  }));

function backendSteps(turn) {
  return [
    ...turn.record.map((each, n) => ({
      id: `record-${n}`,
      at: each.at,
      order: 3,
      sign: "table",
      about: each.about,
      ...steps.record(each.what, turn.record[n - 1]?.what, turn.log?.problem),
    })),
    ...turn.job.map((each, n) => ({
      id: `job-${n}`,
      at: each.at,
      order: 4,
      sign: "again",
      about: each.about,
      ...steps.job(each.what),
    })),
    ...callSteps(turn),
    ...lineSteps(turn),
  ];
}

const callSteps = ({ calls }) =>
  calls.map((each) => ({
    id: `call-${each.number}`,
    at: each.at,
    order: 2,
    sign: "bolt",
    ...steps.call(each),
  }));

const lineSteps = ({ lines }) =>
  lines.map((each, n) => ({
    id: `line-${n}`,
    at: each.at,
    order: 6,
    sign: "file",
    ...steps.line(each),
  }));

function drawStep(turn, step) {
  const passed = `+${took(Math.max(0, (step.at - turn.at) * 1000))}`;
  const since = el("time", {}, step.about ? t("about", { time: passed }) : passed);
  const summary = [
    icon(step.sign),
    el("strong", {}, step.title),
    el("span", { class: "summary" }, step.summary ?? ""),
    since,
  ];
  if (!step.details)
    return el("li", { class: step.failed ? "failed" : "" }, el("div", { class: "step" }, summary));
  const key = `${turn.number} ${step.id}`;
  const details = el("details", {}, el("summary", { class: "step" }, summary));
  const fill = () =>
    details.childElementCount === 1 &&
    details.append(el("div", { class: "inside" }, step.details()));
  details.addEventListener("toggle", () => {
    if (details.open) fill();
    opened[details.open ? "add" : "delete"](key);
    if (!details.open) opened.add(`${key} closed`);
  });
  if (opened.has(key) || (step.open && !opened.has(`${key} closed`))) {
    fill();
    details.open = true;
  }
  return el("li", { class: step.failed ? "failed" : "" }, details);
}
