// Everything behind one entry, as a timeline whose steps open.

import * as steps from "./steps.js";
import { bars, heading, authorizationHeading } from "./overview.js";
import { el, icon } from "./dom.js";
import { isOpen, remember, reopen } from "./folds.js";
import { getJson } from "./server.js";
import { current, exactTimeOf, t, took, words } from "./i18n.js";
import { callSteps, lineSteps, records } from "./records.js";
import { on, store } from "./store.js";
import { selected } from "./selection.js";
import { story } from "./story.js";
import { backToList } from "./wire_panes.js";

let place = null;
let drawn = ""; // what is drawn now, so that a redraw closes no open step without need
let asking = null;
let again = false; // whether something changed during the request
let latest = null; // the latest data of the entry that is shown
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
  if (place) remember(place);
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
  put(() => [authorizationHeading(data), hint, listOf(about, all), ...lack()]);
}

async function explain(turn) {
  explained.set(turn.number, await getJson(`turns/${turn.number}/routes`));
  if (latest?.number === turn.number) draw(latest);
}

function draw(turn) {
  const key = JSON.stringify([current(), turn, explained.get(turn.number)]);
  if (key === drawn) return;
  drawn = key;
  put(() => {
    const list = listOf(turn, story(turn, explained.get(turn.number)));
    const deliveries = turn.exchanges.length ? [bars(turn)] : [];
    return [heading(turn), ...wrong(turn), ...deliveries, list, ...everything(turn), ...lack()];
  });
}

// Replaces what is shown, and leaves open and in place what somebody looks at. What is new is made
// afterwards, because steps open themselves by what is remembered.
function put(make) {
  const scrolled = place.scrollTop;
  remember(place);
  place.replaceChildren(...make());
  reopen(place);
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

// What is wrong comes first. An answer that is only held back is no error.
function wrong({ late, lines, agent, ...turn }) {
  if (agent) return [el("p", { class: "hint" }, t("toAgent", { account: agent }))];
  if (late)
    return [el("p", { class: "hint" }, t(lines.length ? "sentForNoPush" : "ofNoPush"))];
  const said = wrongOf(turn);
  if (!said) return [];
  return [el("p", { class: turn.state, id: "wrong" }, said)];
}

function wrongOf({ state, fault, exchanges, log, expects }) {
  if (fault) return [words("states", "fault"), steps.reasonOf(exchanges.at(-1))].join(" · ");
  if (log?.problem && state !== "carried") return steps.inWords(log.problem);
  return state === "unrouted" && expects ? t("noRoute") : "";
}

// The steps as the backend and its log have them, folded.
function everything(turn) {
  const all = records(turn);
  if (!all.length) return [];
  const title = el("summary", {}, t("everything", { n: all.length }));
  const key = `${turn.number} records`;
  const props = { class: "folded", id: "records", "data-step": key, open: isOpen(key) };
  return [el("details", props, title, listOf(turn, all))];
}

const lack = () => (store.tables.there ? [] : [el("p", { class: "hint" }, t("onlyMakeRun"))]);

const toneOf = (step) => (step.failed ? "failed" : step.waits ? "waits" : "");

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
    return el("li", { class: toneOf(step) }, el("div", { class: "step" }, summary));
  const key = `${turn.number} ${step.id}`;
  const details = el("details", { "data-step": key }, el("summary", { class: "step" }, summary));
  const fill = () =>
    details.childElementCount === 1 &&
    details.append(el("div", { class: "inside" }, step.details()));
  details.addEventListener("toggle", () => details.open && fill());
  if (isOpen(key, step.open)) {
    fill();
    details.open = true;
  }
  return el("li", { class: toneOf(step) }, details);
}
