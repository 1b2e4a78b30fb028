// Sentences of the log and the server in the language of the page. Unknown ones stay as they are.

import * as sentences from "./words/sentences.js";
import { current } from "./i18n.js";

// WeChat's errmsg follows our advice: (45015 response out of time limit).
const WITH_ERRCODE = /^(?<advice>.*) (?<errcode>\(-?\d+ .*\))$/s;
// An exception's name comes before the sentence, and its place in the code after it.
const RAISED = /^(?<name>\w+: )?(?<sentence>.*?)(?<place> — \S+:\d+)?$/s;

export function inLanguage(text) {
  const { advice, errcode } = WITH_ERRCODE.exec(text)?.groups ?? {};
  if (advice) return `${inLanguage(advice)} ${errcode}`;
  const known = sentences[current()];
  if (Object.hasOwn(known, text)) return known[text];
  return filled(known, text) ?? text;
}

export function raisedInLanguage(cause) {
  const { name = "", sentence, place = "" } = RAISED.exec(cause).groups;
  return `${name}${inLanguage(sentence)}${place}`;
}

function filled(known, text) {
  for (const [template, translation] of Object.entries(known)) {
    const values = template.includes("{}") && pattern(template).exec(text)?.slice(1);
    if (values) return translation.replace(/\{\}/g, () => values.shift());
  }
  return undefined;
}

const pattern = (template) =>
  new RegExp(`^${template.split("{}").map(escaped).join("(.+?)")}$`, "s");

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
