// Whether the menu or the input is shown below the chat, and whether the panel is open.

import { byId } from "./dom.js";
import { tell } from "./store.js";

export let panelIsOpen = false;
export let writing = false; // a user who writes keeps the input when a menu arrives

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
