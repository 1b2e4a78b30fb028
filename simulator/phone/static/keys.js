// The keyboard: one letter does what a button does, unless somebody is writing.

import { byId, el } from "./dom.js";
import { sheet } from "./dialogs.js";
import { hold, store } from "./store.js";
import { current, t } from "./i18n.js";
import { zh } from "./words/zh.js";
import { en } from "./words/en.js";
import { close } from "./browser.js";
import { closePanel, togglePanel } from "./composer.js";
import { nextTheme } from "./theme.js";
import { show } from "./views.js";
import { move } from "./wire.js";

const VIEWS = { c: "chat", w: "wire", f: "faults", s: "state" };

export function start({ changeLanguage }) {
  const keys = {
    m: () => focus("message", "chat"),
    "/": () => focus("search", "wire"),
    "+": togglePanel,
    "=": togglePanel,
    j: () => move(1),
    k: () => move(-1),
    t: nextTheme,
    l: changeLanguage,
    "?": showHelp,
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return escape(event);
    if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target)) return;
    const doIt =
      keys[event.key] ?? (VIEWS[event.key] && (() => show(VIEWS[event.key]))) ?? person(event.key);
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

function focus(id, view) {
  show(view);
  byId(id)?.focus();
}

function escape(event) {
  if (document.querySelector("dialog[open]")) return;
  if (close() || closePanel()) return;
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
