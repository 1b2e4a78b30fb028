// Chat, wire, faults, tables: a wide window shows the chat and one other, a narrow one shows one.

import { byId } from "./dom.js";
import { tell } from "./store.js";

export const VIEWS = ["chat", "wire", "faults", "tables"];

let view = "chat";
let beside = "wire"; // the view beside the chat

export const shown = () => view;
export const shownBeside = () => beside;

export function show(next) {
  view = VIEWS.includes(next) ? next : "chat";
  if (view !== "chat") beside = view;
  document.body.dataset.view = view;
  document.body.dataset.beside = beside;
  for (const each of VIEWS.slice(1)) byId(each).hidden = each !== beside;
  history.replaceState(null, "", view === "chat" ? location.pathname : `#${view}`);
  tell("view");
}
