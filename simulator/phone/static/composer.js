// The account's menu, or instead of it the input for messages, and the panel behind the plus. As in
// WeChat the menu is shown first, unless the account has none.

import { button, byId, el, icon, redraw } from "./dom.js";
import { act } from "./people.js";
import { current, t } from "./i18n.js";
import { on, person, store } from "./store.js";
import { drawMenu } from "./menu.js";
import { drawPanel } from "./panel.js";
import {
  keepInput,
  panelIsOpen,
  showMenu,
  startWriting,
  togglePanel,
  writing,
} from "./composition.js";

let draft = ""; // the unsent text, which survives a redraw
const sentTexts = []; // for the arrow up

export function start() {
  for (const topic of ["status", "person", "language", "composition"]) on(topic, draw);
}

function draw() {
  if (!store.status) return;
  const who = person();
  const shown = showsMenu() ? store.status.menu : hasMenu();
  redraw(byId("composer"), [current(), who.openid, who.follows, shown, panelIsOpen], () =>
    who.follows ? [drawLine(), panelIsOpen ? drawPanel() : null].filter(Boolean) : drawFollow(),
  );
}

const hasMenu = () => Boolean(store.status.menu?.button?.length);
const showsMenu = () => hasMenu() && !writing;

function drawFollow() {
  return el(
    "div",
    { class: "follow-first" },
    el("p", {}, t("followFirst")),
    button(t("followThis"), () => act("follow"), { class: "main", id: "follow-this" }),
  );
}

function drawLine() {
  if (!hasMenu()) return drawInput();
  return writing
    ? drawInput(flip("menu", showMenu))
    : el("div", { class: "line" }, flip("keyboard", startWriting), drawMenu());
}

const flip = (to, doIt) => button(t(to), doIt, { class: "plain", id: "flip" }, icon(to));

function drawInput(...before) {
  return el(
    "form",
    { class: "line", onsubmit: submit },
    before,
    el("input", {
      id: "message",
      "aria-label": t("message"),
      placeholder: t("write"),
      maxLength: 2000,
      autocomplete: "off",
      enterKeyHint: "send",
      value: draft,
      onfocus: keepInput,
      oninput: (event) => {
        draft = event.target.value;
      },
      onkeydown: recall,
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

function recall(event) {
  if (event.key !== "ArrowUp" || draft || !sentTexts.length) return;
  event.preventDefault();
  write(sentTexts.at(-1));
}

function write(text) {
  draft = text;
  if (byId("message")) byId("message").value = text;
}
