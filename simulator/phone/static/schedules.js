// The schedules of app.py. Each can be run now, and its output is shown.

import { button, el } from "./dom.js";
import { complain, getJson, post } from "./server.js";
import { t } from "./i18n.js";

let found = null; // once asked for: the schedules, or the problem
let running = "";
let ended = null;

export const state = () => [found, running, ended];

export function schedules(redraw) {
  const list = async () => {
    try {
      found = await getJson("schedules");
    } catch {
      complain("outOfReach");
    }
    redraw();
  };
  return el(
    "section",
    { "aria-label": t("schedules") },
    el("h3", {}, t("schedules")),
    el(
      "div",
      { class: "row" },
      button(t("listSchedules"), list, { id: "list-schedules" }),
      el("span", { class: "hint" }, t("schedulesHint")),
    ),
    found && el("ul", { class: "schedules" }, found.schedules.map((each) => row(each, redraw))),
    found && !found.schedules.length
      ? el("p", { class: found.problem ? "failed" : "hint" }, found.problem || t("noSchedules"))
      : null,
  );
}

function row({ name, rule }, redraw) {
  const run = async () => {
    running = name;
    ended = null;
    redraw();
    const answer = await post("schedules", { name });
    running = "";
    ended = answer && { name, ...JSON.parse(answer) };
    redraw();
  };
  return el(
    "li",
    {},
    el(
      "div",
      { class: "row spread" },
      el("span", {}, el("b", {}, name), " ", el("code", {}, rule)),
      button(
        t("runSchedule", { name }),
        run,
        { class: "small", id: `run-${name}`, disabled: Boolean(running) },
        t(running === name ? "scheduleRuns" : "runNow"),
      ),
    ),
    ended?.name === name ? result(ended) : null,
  );
}

const result = ({ returned, output }) => [
  el(
    "p",
    { class: returned ? "hint" : "failed", role: "status" },
    t(returned ? "scheduleReturned" : "scheduleFailed"),
  ),
  output ? el("pre", {}, output) : null,
];
