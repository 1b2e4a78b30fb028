// Requests to the server, and a bar that says when one fails.

import { button, byId, el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { inLanguage } from "./sentences.js";

const REASONS = { 413: "tooLarge" };
let shown = "";

export function complain(problem, detail = "") {
  shown = problem;
  byId("complaint").hidden = !problem;
  if (!problem) return;
  byId("complaint").replaceChildren(
    el("span", {}, t(problem, { detail })),
    button(t("close"), () => complain(""), { class: "plain" }, icon("close")),
  );
}

export function reached() {
  if (shown === "outOfReach") complain("");
}

export async function get(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${response.status}`);
  return response;
}

export const getJson = async (path) => (await get(path)).json();

export const post = (path, value) => send(path, "application/json", JSON.stringify(value));

export async function send(path, kind, body) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": kind }, body });
    const answer = await response.text(); // always read, or the browser reports it as aborted
    if (!response.ok) complain(REASONS[response.status] ?? "refused", inLanguage(answer));
    else if (shown) complain("");
    return response.ok ? answer : null;
  } catch {
    complain("outOfReach");
    return null;
  }
}
