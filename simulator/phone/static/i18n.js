// All words of the page in two languages. WeChat's own words stay as they are.

import { zh } from "./words/zh.js";
import { en } from "./words/en.js";

const LANGUAGES = { zh, en };

let language = chosen();

function chosen() {
  const kept = localStorage.getItem("language");
  if (kept in LANGUAGES) return kept;
  return navigator.language.startsWith("zh") ? "zh" : "en";
}

export const current = () => language;

export function choose(next) {
  language = next;
  localStorage.setItem("language", next);
  apply();
}

export function words(section, name) {
  return LANGUAGES[language][section]?.[name];
}

export function t(name, values = {}) {
  const text = LANGUAGES[language][name] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function apply() {
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
  for (const each of document.querySelectorAll("[data-label]")) {
    each.setAttribute("aria-label", t(each.dataset.label));
  }
}

const clock = (options) => new Intl.DateTimeFormat(language === "zh" ? "zh-CN" : "en-GB", options);

export const timeOf = (seconds) =>
  clock({ hour: "2-digit", minute: "2-digit" }).format(seconds * 1000);
export const exactTimeOf = (seconds) =>
  clock({ hour: "2-digit", minute: "2-digit", second: "2-digit" }).format(seconds * 1000);
export const dayOf = (seconds) =>
  clock({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(
    seconds * 1000,
  );

export function took(milliseconds) {
  if (milliseconds < 1000) return t("ms", { n: Math.round(milliseconds) });
  return t("seconds", { n: (milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0) });
}
