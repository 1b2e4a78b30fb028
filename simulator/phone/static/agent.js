// The side of customer service: an agent takes the user, writes to them, and ends the session.

import { button, byId, el, redraw } from "./dom.js";
import { post } from "./server.js";
import { current, t } from "./i18n.js";
import { on, person, store } from "./store.js";

export function start() {
  for (const topic of ["status", "person", "language"]) on(topic, draw);
}

export const be = (act, text = "") => post("agent", { act, openid: store.openid, text });

function draw() {
  const { openid, agent } = person();
  byId("agent").hidden = !agent;
  redraw(byId("agent"), [current(), openid, agent], () => {
    if (!agent) return [];
    return agent.taken ? [taken(agent), writing()] : [waiting()];
  });
}

const row = (told, ...buttons) =>
  el("div", { class: "row spread" }, el("p", {}, told), el("span", { class: "row" }, buttons));

const small = (name, doIt, kind = "") =>
  button(t(name), doIt, { class: `small ${kind}`, id: name });

const waiting = () => row(t("agentAwaited"), small("agentTakes", () => be("take"), "main"));

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
