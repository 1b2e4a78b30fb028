// Under the account's name: how many customer service messages the user may still get, and which
// ones wait in the user's line.

import { byId, el, redraw } from "./dom.js";
import { current, dayOf, exactTimeOf, t, words } from "./i18n.js";
import { on, person, store } from "./store.js";
import { partTexts } from "./stored_replies.js";

const REFUSING = ["api-unauthorized", "window-closed"];
const HOUR = 3600;
let open = false;

export function start() {
  for (const topic of ["status", "person", "tables", "faults", "language"]) on(topic, draw);
}

function draw() {
  if (!store.status) return;
  const { openid, follows, allowances = [] } = person();
  const refused = store.faults.some((each) => each.on && REFUSING.includes(each.name));
  const line = store.tables.items?.find((each) => each.id === `waiting#${openid}`);
  const parts = line ? partTexts(line.parts) : [];
  byId("allowances").hidden = !follows && !parts.length;
  redraw(byId("allowances"), [current(), refused, allowances, parts], () => [
    ...(refused || !allowances.length ? [el("p", {}, t("noAllowance"))] : allowances.map(left)),
    ...(parts.length ? [waiting(parts)] : []),
  ]);
}

function left({ opened_by: by, left: n, ends }) {
  const until = ends - Date.now() / 1000 > HOUR ? dayOf(ends) : exactTimeOf(ends);
  return el("p", {}, t("allowance", { n, until, why: words("openedBy", by) }));
}

function waiting(parts) {
  const ontoggle = (event) => {
    open = event.target.open;
  };
  return el(
    "details",
    { open, ontoggle },
    el("summary", {}, t("waitsInLine", { n: parts.length })),
    el("ol", {}, parts.map((text) => el("li", {}, text))),
  );
}
