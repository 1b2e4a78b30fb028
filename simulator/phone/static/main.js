// Puts the page together. Each part draws itself, and redraws itself when its data changes.

import * as agent from "./agent.js";
import * as allowances from "./allowances.js";
import * as chat from "./chat.js";
import * as composer from "./composer.js";
import * as faults from "./faults.js";
import * as keys from "./keys.js";
import * as people from "./people.js";
import * as tables from "./tables.js";
import * as wireKeys from "./wire_keys.js";
import * as wire from "./wire.js";
import { button, byId, el, icon, redraw } from "./dom.js";
import { follow } from "./live.js";
import { apply, choose, current, t } from "./i18n.js";
import { on, store, tell } from "./store.js";
import { chosenTheme, nextTheme } from "./theme.js";
import { show, shown, shownBeside, VIEWS } from "./views.js";

const ICONS = { chat: "chat", wire: "wire", faults: "fault", tables: "table" };
const THEMES = {
  auto: ["auto", "themeAuto"],
  light: ["sun", "themeLight"],
  dark: ["moon", "themeDark"],
};

function drawViews() {
  const on = store.faults.filter((each) => each.on).length;
  redraw(byId("views"), [current(), shown(), shownBeside(), on], () =>
    VIEWS.map((view) =>
      el(
        "button",
        {
          type: "button",
          class: `view-${view} ${view === shownBeside() ? "beside" : ""}`,
          id: `to-${view}`,
          onclick: () => show(view),
          "aria-pressed": String(view === shown()),
        },
        icon(ICONS[view]),
        el("span", {}, t(view)),
        view === "faults" && on ? el("span", { class: "badge" }, `${on}`) : null,
      ),
    ),
  );
}

function drawSettings() {
  redraw(byId("settings"), [current(), chosenTheme()], () => {
    const [sign, name] = THEMES[chosenTheme()];
    return [
      button(t("help"), keys.showHelp, { class: "plain" }, icon("help")),
      button(t("theme", { name: t(name) }), nextTheme, { class: "plain" }, icon(sign)),
      button(t("languageLabel"), changeLanguage, { class: "plain", id: "language" }, t("language")),
    ];
  });
}

export function changeLanguage() {
  choose(current() === "zh" ? "en" : "zh");
  tell("language");
}

function drawBar() {
  byId("backend").textContent = store.status?.url ?? "";
  drawViews();
  drawSettings();
}

apply();
for (const topic of ["status", "faults", "language", "theme", "view"]) on(topic, drawBar);
for (const part of [people, allowances, chat, agent, composer, wire, wireKeys, faults, tables, keys])
  part.start({ changeLanguage });
drawBar();
show(location.hash.slice(1) || "chat");
follow();
