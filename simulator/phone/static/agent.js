// The side of customer service: an agent takes the user, writes to them, and ends the session.

import { button, byId, el, redraw } from "./dom.js";
import { post } from "./server.js";
import { current, t } from "./i18n.js";
import { on, person, store } from "./store.js";

export function start() {
  for (const topic of ["status", "person", "language"]) on(topic, draw);
}

let writesNext = false; // whether the agent who takes the user goes on to write

const be = (act, text = "") => post("agent", { act, openid: store.openid, text });

function draw() {
  const { openid, agent } = person();
  byId("agent").hidden = !agent;
  redraw(byId("agent"), [current(), openid, agent], () => {
    if (!agent) return [];
    return agent.taken ? [taken(agent), writing()] : [waiting()];
  });
  if (writesNext && agent?.taken) {
    writesNext = false;
    byId("agent-says").focus();
  }
}

const row = (told, ...buttons) =>
  el("div", { class: "row spread" }, el("p", {}, told), el("span", { class: "row" }, buttons));

const small = (name, doIt, kind = "") =>
  button(t(name), doIt, { class: `small ${kind}`, id: name });

export function take() {
  writesNext = true;
  return be("take");
}

const waiting = () => row(t("agentAwaited"), small("agentTakes", take, "main"));

const taken = ({ account }) =>
  row(
    t("agentHas", { account }),
    small("agentSwitches", () => be("switch")),
    small("agentEnds", () => be("close")),
  );

function writing() {
  const field = el("input", {
    id: "agent-says",
    "aria-label": t("agentSays"),
    placeholder: t("agentSays"),
    maxLength: 600,
    autocomplete: "off",
    required: true,
  });
  const onsubmit = async (event) => {
    event.preventDefault();
    const text = field.value;
    field.value = "";
    if ((await be("say", text)) === null && !field.value) field.value = text;
  };
  return el("form", { class: "row", onsubmit }, field, el("button", { class: "small" }, t("reply")));
}
