// A switch for each fault, with what the user sees while it is on.

import { button, byId, el, redraw } from "./dom.js";
import { post } from "./server.js";
import { current, t, words } from "./i18n.js";
import { on, store } from "./store.js";

const GROUPS = {
  network: ["responses-lost", "network-latency", "fourth-delivery", "clock-skew"],
  api: [
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
  for (const topic of ["status", "faults", "tables", "language"]) on(topic, draw);
}

function draw() {
  if (!store.status) return;
  const { mode, settings } = store.status;
  redraw(byId("faults"), [current(), store.faults, mode, settings, store.tables.there], () => [
    heading(),
    account(),
    ...Object.entries(GROUPS).map(([name, faults]) => group(name, faults)),
  ]);
}

function heading() {
  const on = store.faults.filter((each) => each.on);
  const allOff = () => {
    for (const each of on) post("faults", { name: each.name, on: false });
    if (isOn(UNAUTHORIZED)) setLateAnswers("customer_service");
  };
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
  const verification = verified();
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
    choice(
      "verification",
      t("verification"),
      Object.keys(ACCOUNTS),
      verification,
      "verificationNames",
      verify,
    ),
    el(
      "p",
      { class: verification === "forgotten" ? "hint failed" : "hint" },
      words("verificationHints", verification),
      " ",
      t(store.tables.there ? "restarts" : "restartsElsewhere"),
    ),
  );
}

// Whether WeChat refuses customer service messages, and how the backend sends late answers.
const UNAUTHORIZED = "api-unauthorized";
const ACCOUNTS = {
  verified: [false, "customer_service"],
  unverified: [true, "passive"],
  forgotten: [true, "customer_service"],
};

const isOn = (name) => store.faults.some((each) => each.name === name && each.on);
const lateAnswers = () => store.status.settings.LATE_ANSWERS ?? "customer_service";

// Which of them applies. A verified account may use `passive`, too.
function verified() {
  if (!isOn(UNAUTHORIZED)) return lateAnswers() === "passive" ? "passive" : "verified";
  return lateAnswers() === "passive" ? "unverified" : "forgotten";
}

async function verify(name) {
  const [refuses, late] = ACCOUNTS[name];
  if (refuses !== isOn(UNAUTHORIZED)) await post("faults", { name: UNAUTHORIZED, on: refuses });
  await setLateAnswers(late);
}

const setLateAnswers = async (value) =>
  value === lateAnswers() || (await post("settings", { LATE_ANSWERS: value }));

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
