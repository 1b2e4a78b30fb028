// Moves through the wire by keyboard: along the list, into an entry, and back.

import { byId } from "./dom.js";
import { shown } from "./timeline.js";
import { show } from "./views.js";
import { close } from "./wire_panes.js";
import { look } from "./wire.js";

export function start() {
  byId("wire").addEventListener("click", (event) => {
    if (event.target.closest("#list button")) byId("details").focus();
    if (event.target.closest(".to-list")) focusSelected();
  });
}

// Focuses the next row, and shows its steps beside the list at once.
export function move(by) {
  show("wire");
  const all = rows();
  const focused = all.indexOf(document.activeElement);
  const at = focused < 0 ? all.findIndex(isSelected) : focused;
  const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
  if (!next) return;
  next.focus();
  if (next.dataset.shows) look(next.dataset.shows);
}

export function leave() {
  if (!close()) return false;
  focusSelected();
  return true;
}

const focusSelected = () => rows().find(isSelected)?.focus();
const rows = () => [...byId("list").querySelectorAll("button")];

const isSelected = (row) => row.dataset.shows === shown();
