// The side of customer service: an agent takes the user, writes to them, and ends the session.

import { button, byId, el, redraw } from "./dom.js";
import { post } from "./server.js";
import { current, t } from "./i18n.js";
import { on, person, store } from "./store.js";

export function start() {
  for (const topic of ["status", "person", "entries", "tables", "language"]) on(topic, draw);
}

const statesGivenAway = new Map(); // of each user's session when the account last handed them over

let writesNext = false; // whether the agent who takes the user goes on to write

const be = (act, text = "") => post("agent", { act, openid: store.openid, text });

function draw() {
  const { openid, agent } = person();
  const shown = Boolean(agent) && (agent.taken || !isBack(openid));
  byId("agent").hidden = !shown;
  redraw(byId("agent"), [current(), openid, agent, shown], () => {
    if (!shown) return [];
    return agent.taken ? [taken(agent), writing()] : [waiting()];
  });
  if (writesNext && agent?.taken) {
    writesNext = false;
    byId("agent-says").focus();
  }
}

// Whether the account has taken back a user who waits for an agent, as their session's state tells.
function isBack(openid) {
  const { there, items } = store.tables;
  const answers = [...store.entries.values()].filter((each) => each.openid === openid && each.answer);
  const state = items?.find(({ id }) => id === `session#${openid}`)?.state;
  if (answers.at(-1)?.answer.kind === "transfer") statesGivenAway.set(openid, state);
  const given = statesGivenAway.has(openid);
  return there && (given ? state !== statesGivenAway.get(openid) : !state);
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
