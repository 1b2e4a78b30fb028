// The rows of the wire: one for each push, with the parts of its answer inside, and for each call.

import { describe } from "./bubbles.js";
import { el, icon } from "./dom.js";
import { exactTimeOf, t, took, words } from "./i18n.js";
import { firstWords, sentAs, signOf } from "./message_summary.js";
import { avatar } from "./people.js";
import { stateOf, toneOf, tookOf } from "./progress.js";
import { routeName } from "./route_names.js";
import { reasonOf, why } from "./steps.js";

const PARTS = 3; // shown in a row

// What an entry is about, in one line.
function what(entry) {
  if (entry.outcome) return [icon("person"), ` ${t("authorization")} · ${entry.page}`];
  if (entry.late) return [icon(signOf(entry.late)), ` ${firstWords(entry.late)}`];
  return describe(entry.done);
}

// How far its answer is, and why it is no further, or which route answered.
export function how(entry) {
  if (entry.late) return sentAs(entry);
  if (entry.outcome) return words("authorizationOutcomes", entry.outcome);
  const failure = entry.fault && reasonOf(entry.deliveries.at(-1));
  const reason = failure || because(entry) || routeName(entry.log?.route ?? "");
  return [stateOf(entry), reason].filter(Boolean).join(entry.state === "held" ? " " : " · ");
}

function because({ state, log }) {
  if (!log?.problem || state === "carried") return "";
  return log.problem.cause ? why(log.problem) : log.problem.errcode || why(log.problem);
}

// A dot for each delivery, red if WeChat did not accept its answer. The last shows how it ended.
function dots(entry) {
  const last = entry.deliveries.length - 1;
  const tone = (each, n) => (each.failure ? "failed" : n === last ? toneOf(entry) : "");
  return el(
    "span",
    { class: "dots" },
    entry.deliveries.map((each, n) => el("i", { class: tone(each, n) })),
  );
}

export function rowOf(entry, parts, look) {
  const shows = entry.outcome ? `authorization-${entry.number}` : `${entry.number}`;
  return line(
    { class: `happening ${toneOf(entry)}`, "data-shows": shows, onclick: () => look(shows) },
    avatar(entry.openid),
    what(entry),
    entry.at,
    [entry.deliveries ? dots(entry) : "", el("span", {}, how(entry))],
    entry.late ? "" : tookOf(entry),
    ...partsOf(parts, entry),
  );
}

function partsOf(parts, { at }) {
  if (!parts.length) return [];
  const more = parts.length - PARTS;
  return [
    el(
      "span",
      { class: "parts" },
      parts.slice(0, PARTS).map((each) => partOf(each, at)),
      more > 0 ? el("span", { class: "hint" }, t("moreParts", { n: more })) : null,
    ),
  ];
}

const partOf = (part, at) =>
  el(
    "span",
    { class: "part" },
    icon(signOf(part.late)),
    el("span", {}, firstWords(part.late)),
    el("span", { class: "took" }, `+${took((part.at - at) * 1000)}`),
  );

// An API call, which may belong to no push.
export function callRowOf(call, look) {
  const failed = call.errcode === 0 ? "" : "failed";
  return line(
    { class: `happening call ${failed}`, onclick: () => look(call) },
    el("span", { class: "avatar account" }, icon("bolt")),
    call.path,
    call.at,
    call.errcode === null ? t("cut") : `errcode ${call.errcode}`,
    took(call.milliseconds),
  );
}

const line = (props, sign, about, at, result, time, ...more) =>
  el(
    "li",
    {},
    el(
      "button",
      { type: "button", ...props },
      sign,
      el("span", { class: "what" }, about),
      el("time", {}, exactTimeOf(at)),
      el("span", { class: "how" }, result),
      time === "" ? "" : el("span", { class: "took" }, time),
      ...more,
    ),
  );
