// Whether the panel below the input is open, and how somebody begins to write.

import { byId } from "./dom.js";
import { tell } from "./store.js";

export let panelIsOpen = false;

export const startWriting = () => byId("message")?.focus();

export function togglePanel() {
  panelIsOpen = !panelIsOpen;
  tell("composition");
  byId("more")?.focus();
}

export function closePanel() {
  if (!panelIsOpen) return false;
  togglePanel();
  return true;
}
