// The heading above the steps of an entry: who did what, and how much of the five seconds it took.

import { button, el, icon } from "./dom.js";
import { complain, get, post } from "./server.js";
import { describe } from "./bubbles.js";
import { firstWords, sentAs } from "./message_summary.js";
import { avatar } from "./people.js";
import { exactTimeOf, t, took, words } from "./i18n.js";
import { toneOf } from "./progress.js";
import { person } from "./store.js";
import { backToList } from "./wire_panes.js";

export function heading(turn) {
  if (turn.late) return headed(turn, firstWords(turn.late), sentAs(turn));
  return headed(
    turn,
    describe(turn.done),
    "",
    el(
      "div",
      { class: "row" },
      button(
        t("copyCurl"),
        (event) => copyCurl(turn, event.currentTarget),
        { class: "small" },
        icon("copy"),
        el("span", {}, t(copied === turn.number ? "copied" : "copyCurl")),
      ),
      button(
        t("again"),
        () => post("repetitions", { number: turn.number }),
        { class: "small", disabled: !canDo(turn) },
        icon("again"),
        el("span", {}, t("again")),
      ),
    ),
  );
}

// Whether the user can do it now. Without following, the only thing a user can do is follow.
const canDo = ({ openid, done }) => person(openid).follows || done.event === "subscribe";

export const authorizationHeading = (authorization) =>
  headed(authorization, t("authorization"), words("authorizationOutcomes", authorization.outcome));

function headed({ openid, at }, title, more, ...tools) {
  const facts = [person(openid).name, exactTimeOf(at), more].filter(Boolean).join(" · ");
  const who = el("div", {}, el("h3", {}, title), el("p", {}, facts));
  return el(
    "header",
    {},
    backToList(),
    el("div", { class: "who" }, avatar(openid), who),
    ...tools,
  );
}

// The button still says so after a redraw.
let copied = null;

async function copyCurl(turn, pressed) {
  const command = await (await get(`turns/${turn.number}/curl`)).text();
  try {
    await navigator.clipboard.writeText(command);
    copied = turn.number;
    pressed.querySelector("span").textContent = t("copied");
  } catch {
    complain("copyFailed");
    pressed.parentElement.after(el("pre", {}, command));
  }
}

function bar(milliseconds, whole, tone) {
  const made = el("i", { class: tone });
  made.style.width = `${Math.max(0.6, (milliseconds / whole) * 100)}%`;
  return el("div", {}, el("span", {}, took(milliseconds)), made);
}

// How much of the five seconds each delivery took, and the time until the last part that came later.
export function bars(turn) {
  const late = turn.arrived.length ? turn.milliseconds : null;
  const times = turn.exchanges.map((each) => each.milliseconds);
  const whole = Math.max(5000, ...times, late ?? 0) * 1.08;
  const scale = el("div", {
    class: "bars",
    role: "img",
    "aria-label": turn.exchanges
      .map((each, n) => `${t("delivery", { n: n + 1 })} ${took(each.milliseconds)}`)
      .join(", "),
  });
  for (const each of turn.exchanges) {
    scale.append(bar(each.milliseconds, whole, each.failure ? "failed" : ""));
  }
  if (late !== null) scale.append(bar(late, whole, toneOf(turn)));
  const line = el("b", {}, el("span", {}, t("fiveSeconds")));
  line.style.insetInlineStart = `${(5000 / whole) * 100}%`;
  scale.append(el("div", { class: "scale" }, line));
  return scale;
}
