// Switches for all that can go wrong, and what the user would see of each.

import { button, byId, el, redraw } from "./dom.js";
import { post } from "./ask.js";
import { current, t, words } from "./i18n.js";
import { on, store } from "./store.js";

const GROUPS = {
  network: ["responses-lost", "network-latency", "fourth-delivery", "clock-skew"],
  api: [
    "api-unauthorized",
    "ip-not-whitelisted",
    "quota-exhausted",
    "window-closed",
    "system-busy",
    "token-expired",
    "secret-rotated",
    "api-latency",
    "api-cut-before",
    "api-cut-after",
    "authorize-too-often",
  ],
  process: ["worker-killed", "queue-down"],
};

export function start() {
  for (const topic of ["status", "faults", "language"]) on(topic, draw);
}

function draw() {
  if (!store.status) return;
  const { mode, settings } = store.status;
  redraw(byId("faults"), [current(), store.faults, mode, settings], () => [
    heading(),
    account(),
    ...Object.entries(GROUPS).map(([name, faults]) => group(name, faults)),
  ]);
}

function heading() {
  const on = store.faults.filter((each) => each.on);
  const allOff = () => on.forEach((each) => post("faults", { name: each.name, on: false }));
  return el(
    "header",
    { class: "row spread" },
    el("h2", {}, t("faults")),
    on.length
      ? el(
          "span",
          { class: "row" },
          el("span", { class: "failed" }, t("faultsOn", { n: on.length })),
          button(t("allOff"), allOff, { class: "small" }),
        )
      : null,
  );
}

function group(name, members) {
  const faults = store.faults.filter((each) => members.includes(each.name));
  return el(
    "section",
    { "aria-label": words("groups", name) },
    el("h3", {}, words("groups", name)),
    el("ul", { class: "switches" }, faults.map(drawSwitch)),
  );
}

function drawSwitch(fault) {
  const id = `fault-${fault.name}`;
  const box = el("input", {
    type: "checkbox",
    role: "switch",
    id,
    checked: fault.on,
    onchange: turn,
  });
  const amount = fault.amount && drawAmount(fault, () => box.checked && turn());
  function turn() {
    if (amount && !amount.reportValidity()) return;
    post("faults", {
      name: fault.name,
      on: box.checked,
      amount: amount ? amount.valueAsNumber : null,
    });
  }
  const explanation = words("faultNames", fault.name) ?? fault.explanation;
  return el(
    "li",
    { class: fault.on ? "on" : "" },
    box,
    el(
      "label",
      { htmlFor: id },
      explanation,
      el(
        "small",
        {},
        el("code", {}, fault.name),
        ` ${t("userWillSee")}${words("sees", fault.name)}`,
      ),
    ),
    amount,
  );
}

function drawAmount(fault, change) {
  const unit = words("units", fault.amount.unit) ?? fault.amount.unit;
  return el("input", {
    type: "number",
    id: `amount-${fault.name}`,
    min: fault.amount.least,
    max: fault.amount.most,
    step: "any",
    value: fault.amount.now,
    "aria-label": t("amountOf", { name: fault.name, unit }),
    onchange: change,
  });
}

// --- The account ----------------------------------------------------------------------------

function account() {
  const { mode, settings, modes } = store.status;
  const backend = settings.WECHAT_MODE ?? "safe";
  const late = settings.LATE_ANSWERS ?? "customer_service";
  return el(
    "section",
    { "aria-label": words("groups", "account") },
    el("h3", {}, words("groups", "account")),
    choice("console-mode", t("consoleMode"), modes.WECHAT_MODE, mode, "modeNames", (value) =>
      post("mode", { mode: value }),
    ),
    choice("backend-mode", t("backendMode"), modes.WECHAT_MODE, backend, "modeNames", (value) =>
      post("settings", { WECHAT_MODE: value }),
    ),
    el("p", { class: mode === backend ? "hint" : "hint failed" }, t("modeHint")),
    choice("late-answers", t("lateAnswers"), modes.LATE_ANSWERS, late, "lateNames", (value) =>
      post("settings", { LATE_ANSWERS: value }),
    ),
    el("p", { class: "hint" }, t("lateHint"), " ", t("restarts")),
  );
}

function choice(id, label, values, value, names, choose) {
  const options = values.map((each) =>
    el(
      "button",
      {
        type: "button",
        class: "chip",
        "aria-pressed": String(each === value),
        onclick: () => choose(each),
      },
      words(names, each),
    ),
  );
  return el(
    "div",
    { class: "choice", id, role: "group", "aria-label": label },
    el("span", {}, label),
    el("span", { class: "chips" }, options),
  );
}
