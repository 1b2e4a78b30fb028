// Below the chat: the input for messages, the panel behind the plus, and the account's menu.

import { button, byId, el, icon, redraw } from "./dom.js";
import { act } from "./people.js";
import { current, t } from "./i18n.js";
import { on, person, store } from "./store.js";
import { drawMenu } from "./menu.js";
import { drawPanel } from "./panel.js";
import { panelIsOpen, togglePanel } from "./composition.js";

let draft = ""; // the unsent text, which survives a redraw
const sentTexts = []; // for the arrow up

export function start() {
  for (const topic of ["status", "person", "language", "composition"]) on(topic, draw);
}

function draw() {
  if (!store.status) return;
  const who = person();
  const { menu } = store.status;
  redraw(byId("composer"), [current(), who.openid, who.follows, menu, panelIsOpen], () =>
    who.follows ? drawAll(menu) : drawFollow(),
  );
}

const drawAll = (menu) =>
  [
    drawInput(),
    panelIsOpen ? drawPanel() : null,
    menu?.button?.length ? el("div", { class: "line" }, drawMenu()) : null,
  ].filter(Boolean);

function drawFollow() {
  return el(
    "div",
    { class: "follow-first" },
    el("p", {}, t("followFirst")),
    button(t("followThis"), () => act("follow"), { class: "main", id: "follow-this" }),
  );
}

function drawInput() {
  return el(
    "form",
    { class: "line", onsubmit: submit },
    el("textarea", {
      id: "message",
      rows: 1,
      "aria-label": t("message"),
      placeholder: t("write"),
      maxLength: 2000,
      autocomplete: "off",
      enterKeyHint: "send",
      value: draft,
      oninput: (event) => {
        draft = event.target.value;
      },
      onkeydown: onKey,
    }),
    el("button", { class: "main small" }, t("send")),
    button(
      t("more"),
      togglePanel,
      { class: "plain", id: "more", "aria-expanded": String(panelIsOpen) },
      icon("plus"),
    ),
  );
}

async function submit(event) {
  event.preventDefault();
  const text = draft;
  if (!text) return;
  sentTexts.push(text);
  write("");
  const sent = await act("say", text);
  if (sent === null && !draft) write(text); // a text that was not sent is not lost
}

// Enter sends, unless it chooses a word of an input method; Shift+Enter begins a line.
function onKey(event) {
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing;
  const recalls = event.key === "ArrowUp" && !draft && sentTexts.length;
  if (!sends && !recalls) return;
  event.preventDefault();
  if (sends) event.currentTarget.form.requestSubmit();
  else write(sentTexts.at(-1));
}

function write(text) {
  draft = text;
  if (byId("message")) byId("message").value = text;
}
