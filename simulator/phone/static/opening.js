// In a narrow window the wire shows either its list or what was opened from it.

import { button, byId, el, icon } from "./dom.js";
import { on } from "./store.js";
import { t } from "./i18n.js";

export const open = () => byId("wire").classList.add("opened");
on("opened", open);

// Whether anything was opened.
export function close() {
  const was = byId("wire").classList.contains("opened");
  byId("wire").classList.remove("opened");
  return was;
}

export const backToList = () =>
  button(t("list"), close, { class: "plain to-list" }, icon("back"), el("span", {}, t("list")));
