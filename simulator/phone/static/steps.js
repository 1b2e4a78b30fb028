// Each kind of step: its title, its summary, and its details.

import { el } from "./dom.js";
import { exactTimeOf, t, took, words } from "./i18n.js";
import { ownRoute, routeName } from "./route_names.js";
import { inLanguage, raisedInLanguage } from "./sentences.js";

export function delivery(exchange, number) {
  const status =
    exchange.status === null ? t("noStatus") : t("status", { status: exchange.status });
  return {
    title: t("delivery", { n: number }),
    summary: [status, reasonOf(exchange), took(exchange.milliseconds)].filter(Boolean).join(" · "),
    failed: Boolean(exchange.failure),
    details: () => [
      ...bodies("push", exchange.sent, "", query(exchange.query), signature(exchange.push_signature)),
      ...bodies(
        "reply",
        exchange.reply,
        exchange.status === null ? t("noBody") : t("emptyBody"),
        ...(exchange.reply_signature ? [signature(exchange.reply_signature)] : []),
      ),
    ],
  };
}

// Why a delivery failed. Python says it in Chinese.
export const reasonOf = (exchange) => words("failures", exchange.failure) ?? exchange.reason;

// The backend says 200 only to a push whose signature is right.
export function verified({ push_signature: { name, sealed } }) {
  return { title: t("verified"), summary: t(sealed.total ? "verifiedSealed" : "verifiedBy", { name }) };
}

// The document as it is read; what was signed and encrypted is folded.
function bodies(kind, { raw, xml }, nothing, ...proof) {
  const title = t(kind);
  if (!raw) return [el("p", { class: "hint" }, `${title}: ${nothing}`)];
  const column = (name, text) =>
    el("figure", {}, el("figcaption", {}, name), el("pre", { tabIndex: 0 }, text));
  const isPlain = !xml || xml.replace(/\n/g, "") === raw.replace(/\n/g, "");
  const encrypted = isPlain ? [] : [column(t("raw"), raw)];
  const folds = [...encrypted, ...proof];
  return [
    column(`${title} · ${t(isPlain ? "plain" : "decrypted")}`, xml || raw),
    ...(folds.length ? [folded(t("signatureOf", { name: title.toLowerCase() }), ...folds)] : []),
  ];
}

const folded = (title, ...inside) =>
  el("details", { class: "folded" }, el("summary", {}, title), ...inside);

function query(parameters) {
  return table(t("pushQuery"), Object.entries(parameters));
}

function signature(steps) {
  const rows = [
    [t("signedParts"), steps.parts.map((each) => `${each.name} = ${each.value}`).join("\n")],
    [t("sha1"), steps.digest],
    [
      t("shouldBe", { name: steps.name }),
      `${steps.given}  ${steps.fits ? "✓" : "✗"} ${t(steps.fits ? "fits" : "fitsNot")}`,
    ],
  ];
  if (steps.sealed.total) rows.push(["AES-256-CBC", t("sealed", steps.sealed)]);
  return table(t("signed"), rows);
}

function table(title, rows) {
  const lines = rows.map(([name, value]) =>
    el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, `${value}`)),
  );
  return el("figure", {}, el("figcaption", {}, title), el("table", { class: "facts" }, lines));
}

// A page of a web authorization: the request, and where it redirected.
export function fetch({ kind, method, address, query, form, status, leads_to, leads_with, ...more }) {
  const result = status === null ? t("noStatus") : t("status", { status });
  const asked = { ...query, ...form };
  return {
    title: words("fetches", kind),
    summary: [
      `${method} ${pathOf(address)}`,
      form.choice && words("choices", form.choice),
      leads_to ? `${result} → ${pathOf(leads_to)}` : result,
      t("ms", { n: more.milliseconds }),
    ]
      .filter(Boolean)
      .join(" · "),
    failed: status === null || status >= 400,
    details: () => [
      table(`${method} ${address}`, Object.entries(asked)),
      ...(leads_to ? [table(`→ ${leads_to}`, Object.entries(leads_with))] : []),
    ],
  };
}

const pathOf = (address) => address.slice(address.indexOf("/"));

// No route is no failure where WeChat shows no reply, as after most events. Whether a route that
// asks for the user's state has answered, only the log knows.
export function route(explanation, log, expects) {
  if (explanation.problem !== undefined)
    return {
      title: t("route"),
      summary: t("handlersUnreadable", { detail: inLanguage(explanation.problem) }),
      failed: true,
    };
  const logged = ownRoute(log?.route ?? "");
  const byState = explanation.routes.find((each) => each.why === "state" && each.route === logged);
  const answering = byState?.route ?? explanation.route;
  const taken = answering && logged === answering ? log.route : answering;
  const summary = answering
    ? t("routedAs", { ...explanation, route: routeName(taken) })
    : `${explanation.kind} → ${expects ? t("noRoute") : words("states", "unneeded")}`;
  const verdicts = explanation.routes.map((each) => {
    if (each.route === answering) return { ...each, why: "fits" };
    return each.why === "fits" ? { ...each, why: "earlier" } : each;
  });
  const changed =
    logged && logged !== answering
      ? [el("p", { class: "hint" }, t("routesChanged", { route: routeName(log.route) }))]
      : [];
  return {
    title: t("route"),
    summary,
    failed: !answering && expects,
    details: () => [...changed, el("ol", { class: "routes" }, verdicts.map(verdict))],
  };
}

function verdict(each) {
  const why = each.why === "field" && each.regex ? "regex" : each.why;
  const words_ = words("verdict", why)
    .replace("{kind}", each.kind)
    .replace("{field}", each.field)
    .replace("{pattern}", each.pattern);
  return el(
    "li",
    { class: each.why },
    el("strong", {}, each.route),
    el("span", { class: "tag" }, words("travels", each.travels)),
    el("span", { class: "why" }, words_),
    el("code", {}, each.place),
  );
}

// Whether the queue will answer the push, and no connection any more.
const isQueues = (item) => item.answering_arrival === 0;

export function statusOf(item) {
  if (item.delivered) return "delivered";
  if (isQueues(item)) return "queued";
  return item.answer ? "answered" : "running";
}

// What happened to a push, in plain words. `problem` is what the log says is wrong.
export function record(item, before, problem) {
  const unread = item.delivered && ["waiting", "dropped"].includes(problem?.name);
  return {
    title: t("record"),
    summary: unread ? inWords(problem) : words("records", happened(item, before)),
    failed: unread,
    details: () => [json(item)],
  };
}

function happened(item, before) {
  if (item.delivered) return "delivered";
  if (item.answer && !before?.answer) return isQueues(item) ? "stored" : "answered";
  if (before && isQueues(item) && isQueues(before) && item.owner !== before.owner)
    return item.owner ? "taken" : "back";
  return statusOf(item);
}

// What went wrong and why, as far as is known.
export const inWords = (problem) =>
  [words("problems", problem.name), why(problem)].filter(Boolean).join(" · ");

export const why = ({ cause, reason }) =>
  cause ? raisedInLanguage(cause) : reason && inLanguage(reason);

export function job(what) {
  let how = what.where;
  if (how === "jobs") how = what.waiting ? (what.tries ? "again" : "waiting") : "hand";
  const summary = words("jobs", how).replace("{tries}", what.tries ?? "");
  return { title: t("job"), summary, failed: how === "dead", details: () => [json(what)] };
}

export function call(each) {
  const result = each.errcode === null ? t("cut") : `errcode ${each.errcode}`;
  return {
    title: t("call"),
    summary: `${each.path} · ${result} · ${t("ms", { n: each.milliseconds })}`,
    failed: each.errcode !== 0,
    details: () => [
      titled(t("request"), json(each.request)),
      titled(t("answered"), json(each.answer ?? t("cut"))),
    ],
  };
}

export function line(each) {
  const { event, level } = each.entry;
  const summary = event ? inShort(each.entry) : each.text;
  return {
    title: `${t("log")} · ${each.source}`,
    summary: each.own ? summary : `${summary} (${t("sameTime")})`,
    failed: level === "ERROR",
    details: () => lineDetails(each),
  };
}

export const lineDetails = ({ at, entry, text }) => [
  el("p", { class: "hint" }, exactTimeOf(at)),
  entry.event ? lineBody(entry) : el("pre", { tabIndex: 0 }, text),
];

// The meaning of a line. The line itself stays as it is.
function inShort({ event, route: name, outcome, reason, reasons, problem }) {
  const because = [reason, problem, ...Object.keys(reasons ?? {})].filter(Boolean);
  return [inLanguage(event), routeName(name ?? ""), outcome, ...because.map(inLanguage)].filter(Boolean).join(" · ");
}

function lineBody({ cause, write, ...entry }) {
  const frames = cause ? [el("pre", { class: "cause" }, cause.join("\n"))] : [];
  const code = write ? [el("pre", {}, write)] : [];
  return el("div", {}, json(entry), ...frames, ...code);
}

const titled = (title, inside) => el("figure", {}, el("figcaption", {}, title), inside);

export function json(value) {
  return el(
    "pre",
    { tabIndex: 0 },
    typeof value === "string" ? value : JSON.stringify(unfolded(value), null, 2),
  );
}

// Texts with JSON inside, such as a stored answer, are shown parsed.
function unfolded(value) {
  if (Array.isArray(value)) return value.map(unfolded);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, unfolded(each)]));
  if (typeof value === "string" && /^[[{]/.test(value)) {
    try {
      return JSON.parse(value);
    } catch {
      return value;
    }
  }
  return value;
}
