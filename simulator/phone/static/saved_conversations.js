// Saves a conversation in a file, and replays one as a test.

import { describe } from "./bubbles.js";
import { ask } from "./dialogs.js";
import { button, byId, el, icon, redraw } from "./dom.js";
import { complain, getJson, post } from "./server.js";
import { current, t } from "./i18n.js";
import { hold, on, person, store } from "./store.js";

let opened = null; // the step whose comparison is open

on("status", drawReplay);
on("language", drawReplay);

export async function save() {
  const openid = encodeURIComponent(store.openid);
  const { left_out: leftOut, ...conversation } = await getJson(`saved?openid=${openid}`);
  const name = `conversation-${person().name}.json`;
  const told = [t("saves", { n: conversation.steps.length, name })];
  if (leftOut) told.push(t("leftOut", { n: leftOut }));
  if (await ask(t("saveConversation"), [], t("save"), ...told)) download(conversation, name);
}

function download(conversation, name) {
  const blob = new Blob([JSON.stringify(conversation, null, 2)], { type: "application/json" });
  const address = URL.createObjectURL(blob);
  el("a", { href: address, download: name }).click();
  URL.revokeObjectURL(address);
}

export function replayFile() {
  const chooser = el("input", {
    type: "file",
    accept: "application/json,.json",
    onchange: () => replay(chooser.files[0]),
  });
  chooser.click();
}

async function replay(file) {
  if (!file) return;
  const conversation = await read(file);
  if (!conversation?.steps?.length) return complain("notAFile");
  const told = [t("replays", { n: conversation.steps.length }), t("replayRunsHandlers")];
  if (!(await ask(t("replayConversation"), [], t("replay"), ...told))) return;
  const answer = await post("replays", conversation);
  if (answer) hold(JSON.parse(answer).openid);
}

async function read(file) {
  try {
    return JSON.parse(await file.text());
  } catch {
    return null;
  }
}

const RESULTS = {
  same: "replaySame",
  different: "replayDifferent",
  running: "replayRunning",
  waiting: "replayWaiting",
};

// A strip above the chat with a mark for each step.
function drawReplay() {
  const steps = store.status?.replay ?? [];
  const strip =
    byId("replay") ??
    byId("contact").insertAdjacentElement("afterend", el("div", { id: "replay", role: "status" }));
  strip.hidden = !steps.length;
  redraw(strip, [current(), steps, opened], () => {
    const same = steps.filter((each) => each.result === "same").length;
    const end = () => {
      opened = null;
      post("replays/end", {});
    };
    return [
      el(
        "div",
        { class: "row spread" },
        el("p", {}, t("replayed", { same, all: steps.length })),
        button(t("endReplay"), end, { class: "plain" }, icon("close")),
      ),
      el("ol", {}, steps.map(mark)),
      steps[opened]?.actual ? comparison(steps[opened]) : null,
    ].filter(Boolean);
  });
}

function mark(step, position) {
  const title = `${describe(step.said)}: ${t(RESULTS[step.result])}`;
  const open = () => {
    opened = opened === position ? null : position;
    drawReplay();
  };
  const inside = el("span", {}, t(RESULTS[step.result]));
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button",
        id: `step-${position}`,
        class: step.result,
        title,
        disabled: !step.actual,
        "aria-expanded": String(opened === position),
        onclick: open,
      },
      inside,
    ),
  );
}

function comparison(step) {
  return el(
    "div",
    { class: "comparison" },
    el("strong", {}, describe(step.said)),
    reading(t("expected"), step.expected),
    reading(t("actual"), step.actual),
  );
}

function reading(title, { answer, fault, late }) {
  const replied = answer ? describe(answer) : t("noReply");
  const first = fault ? t("faultLine") : replied;
  const later = late.map((each) => el("p", {}, el("small", {}, t("arrived")), " ", describe(each)));
  return el("figure", {}, el("figcaption", {}, title), el("p", {}, first), later);
}
