// What stands below the chat: the menu or the input, and whether the panel behind the plus is open.

import { byId } from "./dom.js";
import { tell } from "./store.js";

export let panelIsOpen = false;
export let writing = false; // whoever has begun to write keeps the input when a menu arrives

export function keepInput() {
  writing = true;
}

export function showMenu() {
  writing = false;
  panelIsOpen = false;
  tell("composition");
}

export function startWriting() {
  writing = true;
  tell("composition");
  byId("message")?.focus();
}

export function togglePanel() {
  writing = true;
  panelIsOpen = !panelIsOpen;
  tell("composition");
  byId("more")?.focus();
}

export function closePanel() {
  if (!panelIsOpen) return false;
  togglePanel();
  return true;
}
