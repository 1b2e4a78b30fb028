// The story behind an entry, a line for each step: how it was delivered, verified and routed, what
// the backend did about it, each try of its job, and what the user reads when.

import * as steps from "./steps.js";
import { bubble } from "./bubbles.js";
import { el } from "./dom.js";
import { t, took, words } from "./i18n.js";
import { firstWords, signOf } from "./message_summary.js";
import { inLanguage, raisedInLanguage } from "./sentences.js";
import { stateOf } from "./progress.js";
import { person } from "./store.js";

const SAME = 0.5; // seconds between a call and the message that it brings

export const story = (turn, explanation) => [
  ...turn.exchanges.flatMap((each, n) => delivered(turn, each, n)),
  ...routed(turn, explanation),
  ...turn.lines.map((each, n) => told(turn, each, n)).filter(Boolean),
  ...turn.calls.filter(isRefused).map(refused),
  ...turn.arrived.map((each) => arrived(turn, each)),
  ...atRest(turn),
];

function delivered(turn, exchange, n) {
  const isLast = n === turn.exchanges.length - 1;
  const delivery = { id: `delivery-${n}`, at: exchange.at, order: 0, sign: "wire" };
  return [
    { ...delivery, open: isBad(exchange), ...steps.delivery(exchange, n + 1) },
    ...(exchange.status === 200 && !turn.exchanges.slice(0, n).some((each) => each.status === 200)
      ? [{ id: "verified", at: exchange.at, order: 1, sign: "link", ...steps.verified(exchange) }]
      : []),
    ...(isLast && !turn.pending ? read(turn, exchange) : []),
  ];
}

// Whether there is an answer to look at that WeChat has not taken.
const isBad = ({ failure, status }) => Boolean(failure) && status !== null;

// What the user reads when the last delivery has ended.
function read(turn, exchange) {
  const said = turn.answer;
  if (!said && !turn.fault) return [];
  return [
    {
      id: "read",
      at: exchange.at + exchange.milliseconds / 1000,
      order: 4,
      sign: said ? signOf(said) : "chat",
      title: t("userReads"),
      summary: said ? firstWords(said) : turn.fault,
      failed: Boolean(turn.fault),
      details: said && (() => [el("div", { class: "said theirs" }, bubble(said, () => {}))]),
    },
  ];
}

function routed(turn, explanation) {
  if (!explanation) return [];
  const at = turn.exchanges[0]?.at ?? turn.at;
  const step = steps.route(explanation, turn.log, turn.expects);
  return [{ id: "route", at, order: 2, sign: "link", ...step }];
}

// What a line of the log tells: a delivery of the push, a try of its job, or that something failed.
function told(turn, line, n) {
  const { event, level, outcome, tries, cause, reason } = line.entry;
  if (!line.own) return null;
  const error = cause ? raised(cause) : "";
  const why = [raisedInLanguage(error), error.includes(reason) ? "" : reason && inLanguage(reason)];
  const step = { id: `told-${n}`, at: line.at, order: 3, details: () => steps.lineDetails(line) };
  const failed = level === "ERROR";
  const { JobMilliseconds: tried, PushMilliseconds: pushed, AnswerWaiting: waits } = line.entry;
  if (tried !== undefined)
    return {
      ...step,
      at: Math.max(line.at - tried / 1000, leftAt(turn)),
      sign: "again",
      title: t("try", { n: tries }),
      summary: inOne(words("jobOutcomes", outcome) ?? outcome, ...why, took(tried)),
      failed,
    };
  if (pushed !== undefined) {
    const became = turn.state === "unneeded" ? stateOf(turn) : words("pushOutcomes", outcome);
    const summary = inOne(became ?? outcome, ...why);
    return { ...step, sign: "bolt", title: t("backend"), summary, failed };
  }
  if (!failed && !waits) return null;
  const summary = inOne(inLanguage(event), ...why);
  return { ...step, sign: "file", title: t("log"), summary, failed, waits };
}

// When the door left the push to the queue: it says so a moment later than the worker can begin.
const leftAt = ({ lines }) =>
  lines.find(({ own, entry }) => own && entry.PushMilliseconds !== undefined)?.at ?? 0;

const inOne = (...parts) => parts.filter(Boolean).join(" · ");

const raised = (cause) => cause.filter((each) => !/^\s+File "/.test(each)).at(-1);

// The indicator of typing may be refused: nobody misses it.
const isRefused = (call) => call.errcode !== 0 && !call.path.endsWith("/typing");

function refused(call) {
  return { id: `refused-${call.number}`, at: call.at, order: 2, sign: "bolt", ...steps.call(call) };
}

function arrived(turn, entry) {
  const call = turn.calls.find(
    (each) =>
      each.errcode === 0 &&
      each.path.includes("/send") &&
      each.openid === entry.openid &&
      Math.abs(each.at - entry.at) < SAME,
  );
  return {
    id: `late-${entry.number}`,
    at: entry.at,
    order: 5,
    sign: signOf(entry.late),
    title: entry.openid === turn.openid ? t("arrived") : t("arrivedAt", person(entry.openid)),
    summary: firstWords(entry.late),
    details: () => [
      el("div", { class: "said theirs" }, bubble(entry.late, () => {})),
      ...(call ? steps.call(call).details() : []),
    ],
  };
}

// Where the job is while it is not done, and what waits in the user's line.
function atRest({ job, held, at }) {
  const last = job.at(-1);
  const isOpen = last && last.what.where !== "done";
  return [
    ...(isOpen ? [{ id: "job", order: 7, sign: "again", ...last, ...steps.job(last.what) }] : []),
    ...(held ? [inLine(Math.max(at, ...job.map((each) => each.at)), held)] : []),
  ];
}

const inLine = (at, held) => ({
  id: "held",
  at,
  order: 8,
  sign: "menu",
  title: t("line"),
  summary: stateOf({ state: "held", held }),
  waits: true,
});
