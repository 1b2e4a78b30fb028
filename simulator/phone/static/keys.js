// The keyboard: a letter does what a button does, unless somebody is typing.

import { byId, el } from "./dom.js";
import { sheet } from "./dialogs.js";
import { hold, store } from "./store.js";
import { current, t } from "./i18n.js";
import { zh } from "./words/zh.js";
import { en } from "./words/en.js";
import { close } from "./browser.js";
import { closePanel, startWriting, togglePanel } from "./composition.js";
import { closeSubmenu } from "./menu.js";
import { nextTheme } from "./theme.js";
import { show } from "./views.js";
import { leave, move } from "./wire_keys.js";

const VIEWS = { c: "chat", w: "wire", f: "faults", s: "tables" };

export function start({ changeLanguage }) {
  const keys = {
    m: write,
    i: write,
    "/": search,
    "+": more,
    "=": more,
    j: () => move(1),
    k: () => move(-1),
    t: nextTheme,
    l: changeLanguage,
    "?": showHelp,
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return escape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    const doIt = keys[event.key] ?? view(event.key) ?? person(event.key) ?? arrow(event);
    if (!doIt) return;
    event.preventDefault();
    doIt();
  });
}

const isWriting = (element) =>
  document.querySelector("dialog[open]") ||
  element.matches("textarea, select, input:not([type=checkbox])");

function person(key) {
  const someone = /^[1-9]$/.test(key) && store.status?.people[Number(key) - 1];
  return someone ? () => hold(someone.openid) : null;
}

const view = (key) => VIEWS[key] && (() => show(VIEWS[key]));

// Arrows scroll, but in the list they move from row to row.
function arrow({ key, target }) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[key];
  return by && target.closest("#list") ? () => move(by) : null;
}

function write() {
  show("chat");
  startWriting();
}

function more() {
  show("chat");
  togglePanel();
}

function search() {
  show("wire");
  byId("search").focus();
}

function escape(event) {
  if (document.querySelector("dialog[open]")) return;
  if (close() || closeSubmenu() || closePanel()) return;
  if (!event.target.closest("#phone") && leave()) return;
  event.target.blur?.();
}

export function showHelp() {
  const table = el(
    "table",
    { class: "keys" },
    (current() === "zh" ? zh : en).shortcuts.map(([key, does]) =>
      el("tr", {}, el("th", {}, el("kbd", {}, key)), el("td", {}, does)),
    ),
  );
  sheet(t("help"), table).showModal();
}
