// The head of what is behind an entry: who did what, and how much of the five seconds it took.

import { button, el, icon } from "./dom.js";
import { complain, get } from "./ask.js";
import { describe } from "./bubbles.js";
import { act, avatar } from "./people.js";
import { exactTimeOf, t, took } from "./i18n.js";
import { person } from "./store.js";
import { backToList } from "./wire.js";

export function heading(turn) {
  return el(
    "header",
    {},
    backToList(),
    el(
      "div",
      { class: "who" },
      avatar(turn.openid),
      el(
        "div",
        {},
        el("h3", {}, describe(turn.done)),
        el("p", {}, `${person(turn.openid).name} · ${exactTimeOf(turn.at)}`),
      ),
    ),
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
      turn.done.kind === "text"
        ? button(
            t("again"),
            () => act("say", turn.done.text, {}, turn.openid),
            { class: "small" },
            icon("again"),
            el("span", {}, t("again")),
          )
        : null,
    ),
  );
}

// What was copied last says so even after news has had it drawn again.
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

// The deliveries to scale: how much of the five seconds each took.
export function bars(turn) {
  const whole = Math.max(5000, ...turn.exchanges.map((each) => each.milliseconds)) * 1.08;
  const scale = el("div", {
    class: "bars",
    role: "img",
    "aria-label": turn.exchanges
      .map((each, n) => `${t("delivery", { n: n + 1 })} ${took(each.milliseconds)}`)
      .join(", "),
  });
  for (const each of turn.exchanges) {
    const bar = el("i", { class: each.failure ? "failed" : "" });
    bar.style.width = `${Math.max(0.6, (each.milliseconds / whole) * 100)}%`;
    scale.append(el("div", {}, el("span", {}, took(each.milliseconds)), bar));
  }
  const line = el("b", {}, el("span", {}, t("fiveSeconds")));
  line.style.insetInlineStart = `${(5000 / whole) * 100}%`;
  scale.append(el("div", { class: "scale" }, line));
  return scale;
}
