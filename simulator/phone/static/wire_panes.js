// In a narrow window the wire shows either its list or the entry that was opened.

import { button, byId, el, icon } from "./dom.js";
import { on } from "./store.js";
import { t } from "./i18n.js";

export const open = () => byId("wire").classList.add("opened");
on("opened", open);

// Closes the entry; returns false if none was open.
export function close() {
  const was = byId("wire").classList.contains("opened");
  byId("wire").classList.remove("opened");
  return was;
}

export const backToList = () =>
  button(t("list"), close, { class: "plain to-list" }, icon("back"), el("span", {}, t("list")));
