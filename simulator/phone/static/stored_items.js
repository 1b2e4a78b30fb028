// What each item of the tables is, in words, and what it holds. Its key is shown when it is opened.

import { t, words } from "./i18n.js";
import { routeName } from "./route_names.js";
import { person } from "./store.js";
import { answerTexts, kindOf, partTexts } from "./stored_replies.js";

const nameOf = (openid) => (openid ? person(openid).name : "");

const texts = (waiting) => (waiting.length ? waiting : [t("nothingWaits")]);

const BY_KIND = {
  session: ([openid], { state, data }) => ({
    who: nameOf(openid),
    holds: [state && t("inState", { state }), data === "{}" ? "" : data],
  }),
  waiting: ([openid], { parts }) => ({ who: nameOf(openid), holds: texts(partTexts(parts)) }),
  outbox: ([openid], { waiting }) => ({ who: nameOf(openid), holds: texts(answerTexts(waiting)) }),
  expected: ([openid]) => ({ who: nameOf(openid), holds: [] }),
  limit: ([route, openid, day], { count }) => ({
    who: nameOf(openid),
    holds: [t("usedTimes", { route, day, n: count })],
  }),
  oauth: (_, { result }) => {
    const [word, openid] = result ? JSON.parse(result) : [];
    return { who: nameOf(openid), holds: [words("signIns", word ? "ended" : "begun")] };
  },
  ticket: (_, { openid_of_opener: opener, used }) => ({
    who: nameOf(opener),
    holds: [words("tickets", used ? "used" : "opened")],
  }),
};

// Of an item that is not known here, the key is all that can be told.
export function described(item) {
  const [kind, ...rest] = item.id.split("#");
  const { who = "", holds = [] } = BY_KIND[kind]?.(rest, item) ?? {};
  const what = words("itemKinds", kind) ?? item.id;
  return { what, who, holds: holds.filter(Boolean).join(" / ") };
}

// A profile, or the binding of a user of one's own site, whose item leads to the profile.
export function profileOf({ openid, bound_to: bound, nickname = "" }) {
  const [, site] = /^user#(.*)$/s.exec(openid) ?? [];
  if (site === undefined) return { who: nameOf(openid), name: nickname };
  return { who: nameOf(bound), name: t("bindingOf", { user: site }) };
}

// What a job is to do: a route's work, or a message of one's own, which has none.
export function workOf({ route, body }) {
  if (!body.said) return route ? routeName(route) : t("routeByState");
  return [t("ownMessage"), ...new Set(JSON.parse(body.said).map(kindOf))].join(" · ");
}
