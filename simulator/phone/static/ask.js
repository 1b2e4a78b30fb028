// Asking the server, and telling when it does not answer.

import { button, byId, el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { inLanguage } from "./sentences.js";

const REASONS = { 413: "tooLarge" };
let shown = "";

export function complain(trouble, detail = "") {
  shown = trouble;
  byId("trouble").hidden = !trouble;
  if (!trouble) return;
  byId("trouble").replaceChildren(
    el("span", {}, t(trouble, { detail })),
    button(t("close"), () => complain(""), { class: "plain" }, icon("close")),
  );
}

export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${response.status}`);
  return response;
}

export const getJson = async (path) => (await get(path)).json();

export const post = (path, wish) => send(path, "application/json", JSON.stringify(wish));

export async function send(path, kind, body) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": kind }, body });
    const said = await response.text(); // read in any case, or the browser calls it aborted
    if (!response.ok) complain(REASONS[response.status] ?? "refused", inLanguage(said));
    else if (shown) complain("");
    return response.ok ? said : null;
  } catch {
    complain("outOfReach");
    return null;
  }
}
