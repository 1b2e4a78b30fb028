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

const JSON_KIND = "application/json";

export const post = (path, value) => send(path, JSON_KIND, JSON.stringify(value));

export async function send(path, kind, body) {
  const response = await request(path, kind, body);
  if (!response) complain("outOfReach");
  else if (!response.ok) complain(REASONS[response.status] ?? "refused", inLanguage(response.answer));
  else if (shown) complain("");
  return response?.ok ? response.answer : null;
}

// What is wrong with the request, to be shown where it was written, or "".
export async function attempt(path, value) {
  const response = await request(path, JSON_KIND, JSON.stringify(value));
  if (!response) return t("outOfReach");
  return response.ok ? "" : inLanguage(response.answer);
}

async function request(path, kind, body) {
  try {
    const response = await fetch(path, { method: "POST", headers: { "Content-Type": kind }, body });
    const answer = await response.text(); // always read, or the browser reports it as aborted
    return { ok: response.ok, status: response.status, answer };
  } catch {
    return null;
  }
}
