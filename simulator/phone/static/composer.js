// What the user writes: the input, or the account's menu in its place, and the panel behind the plus.

import { button, byId, el, icon, redraw } from "./dom.js";
import { act } from "./people.js";
import { current, t } from "./i18n.js";
import { on, person, store } from "./store.js";
import { drawMenu } from "./menu.js";
import { drawPanel } from "./panel.js";

let panel = false;
let menu = false;
let draft = ""; // what is being written, which outlives a new drawing
const said = []; // what was written, to be taken back

export function start() {
  for (const topic of ["status", "person", "language"]) on(topic, draw);
}

function draw() {
  if (!store.status) return;
  const who = person();
  redraw(
    byId("composer"),
    [current(), who.openid, who.follows, store.status.menu, menu, panel],
    () => (who.follows ? [drawLine(), panel ? drawPanel() : null].filter(Boolean) : drawFollow()),
  );
}

function drawFollow() {
  return el(
    "div",
    { class: "follow-first" },
    el("p", {}, t("followFirst")),
    button(t("followThis"), () => act("follow"), { class: "main", id: "follow-this" }),
  );
}

function drawLine() {
  const hasMenu = store.status.menu?.button?.length;
  const toggle = hasMenu
    ? [
        button(
          t(menu ? "keyboard" : "menu"),
          flip,
          { class: "plain", id: "flip" },
          icon(menu ? "keyboard" : "menu"),
        ),
      ]
    : [];
  if (hasMenu && menu) return el("div", { class: "line" }, toggle, drawMenu());
  return el(
    "form",
    { class: "line", onsubmit: submit },
    toggle,
    el("input", {
      id: "message",
      "aria-label": t("message"),
      placeholder: t("write"),
      maxLength: 2000,
      autocomplete: "off",
      enterKeyHint: "send",
      value: draft,
      oninput: (event) => {
        draft = event.target.value;
      },
      onkeydown: recall,
    }),
    el("button", { class: "main small" }, t("send")),
    button(
      t("more"),
      togglePanel,
      { class: "plain", id: "more", "aria-expanded": String(panel) },
      icon("plus"),
    ),
  );
}

function submit(event) {
  event.preventDefault();
  if (!draft) return;
  said.push(draft);
  act("say", draft);
  write("");
}

function recall(event) {
  if (event.key !== "ArrowUp" || draft || !said.length) return;
  event.preventDefault();
  write(said.at(-1));
}

function write(text) {
  draft = text;
  byId("message").value = text;
}

function flip() {
  menu = !menu;
  panel = false;
  draw();
}

// Shows the menu that was pushed just now, if it has any buttons.
export function showMenu(has) {
  menu = has;
  panel = false;
  draw();
}

export function togglePanel() {
  panel = !panel;
  draw();
  byId("more")?.focus();
}

export function closePanel() {
  if (!panel) return false;
  togglePanel();
  return true;
}
