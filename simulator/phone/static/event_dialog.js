// The dialog in which an event is chosen, with its meaning and its fields.

import { button, el } from "./dom.js";
import { jsonArea, jsonIn, sheet } from "./dialogs.js";
import { current, t } from "./i18n.js";
import { act } from "./people.js";
import { store } from "./store.js";
import { GROUPS } from "./words/events.js";

let chosen = "LOCATION";

// `samples` are the typical fields of each event, by its name.
export function chooseEvent(samples) {
  const fields = el("div", { class: "event-fields" });
  const list = el(
    "div",
    {
      class: "event-list",
      role: "radiogroup",
      "aria-label": t("eventName"),
      onchange: (event) => choose(event.target.value),
    },
    GROUPS.map(drawGroup),
  );
  const choose = (name) => {
    chosen = name;
    radio(list, name).checked = true;
    fields.replaceChildren(...drawFields(name, sampleOf(samples, name)));
    fields.scrollTop = 0;
  };
  const search = el("input", {
    type: "search",
    "aria-label": t("searchEvent"),
    placeholder: t("searchEvent"),
    oninput: () => {
      const first = filter(list, search.value.trim().toLowerCase());
      if (first) choose(first);
    },
  });
  const onsubmit = (event) => {
    event.preventDefault();
    if (send(fields, sampleOf(samples, chosen))) dialog.close();
  };
  const form = el(
    "form",
    { class: "choose-event", onsubmit },
    el("div", { class: "event-choice" }, search, list),
    el(
      "div",
      { class: "event-chosen" },
      fields,
      el(
        "div",
        { class: "row end" },
        button(t("cancel"), () => dialog.close()),
        el("button", { class: "main" }, t("sendThis")),
      ),
    ),
  );
  const dialog = sheet(t("sendEvent"), form);
  dialog.classList.add("wide");
  choose(chosen);
  dialog.showModal();
  radio(list, chosen).scrollIntoView({ block: "center" });
  search.focus();
}

const radio = (list, name) => list.querySelector(`[value="${name}"]`);

// Events about a user are about the one who holds the phone.
const sampleOf = (samples, name) =>
  "OpenID" in samples[name] ? { ...samples[name], OpenID: store.openid } : samples[name];

function drawGroup(group) {
  const name = group[current()];
  return el(
    "div",
    { role: "group", "aria-label": name },
    el("h3", {}, name),
    Object.entries(group.events).map(([event, means]) =>
      el(
        "label",
        { class: "event", "data-words": [event, ...means].join("\n").toLowerCase() },
        el("input", { type: "radio", name: "event", value: event }),
        el("code", {}, event),
        el("small", {}, meaning(means)),
      ),
    ),
  );
}

const meaning = ([zh, en]) => (current() === "zh" ? zh : en);

// Shows the events that fit. Returns the first of them if the chosen one does not fit.
function filter(list, sought) {
  for (const each of list.querySelectorAll(".event"))
    each.hidden = !each.dataset.words.includes(sought);
  for (const group of list.children) group.hidden = !group.querySelector(".event:not([hidden])");
  if (list.querySelector(".event:not([hidden]) :checked")) return null;
  return list.querySelector(".event:not([hidden]) input")?.value;
}

function drawFields(name, sample) {
  const means = GROUPS.find(({ events }) => name in events).events[name];
  return [
    el("h3", {}, el("code", {}, name)),
    el("p", { class: "hint" }, meaning(means)),
    ...leaves(sample).map(([path, value]) =>
      el(
        "label",
        {},
        el("span", {}, path.join(" › ")),
        el("input", {
          name: path.join("."),
          value: `${value}`,
          inputMode: typeof value === "number" ? "decimal" : "text",
          autocomplete: "off",
          spellcheck: false,
        }),
      ),
    ),
    el(
      "label",
      {},
      el("span", {}, t("otherFields")),
      jsonArea({ name: "others", rows: 2, placeholder: '{ "Ticket": "…" }' }),
    ),
  ];
}

// Returns false, and sends nothing, if the other fields are not JSON.
function send(fields, sample) {
  const filled = structuredClone(sample);
  for (const [path, value] of leaves(sample)) {
    const written = fields.querySelector(`[name="${path.join(".")}"]`).value;
    put(filled, path, typeof value === "number" ? numberIn(written) : written);
  }
  const others = jsonIn(fields.querySelector("[name=others]"));
  if (!others) return false;
  act("event", chosen, { ...filled, ...others });
  return true;
}

// A value that is not a number is sent as it was typed, because WeChat may send surprises, too.
const numberIn = (written) =>
  written.trim() && Number.isFinite(Number(written)) ? Number(written) : written;

// Each value inside, with its path.
function leaves(value, path = []) {
  if (typeof value !== "object") return [[path, value]];
  return Object.entries(value).flatMap(([name, each]) => leaves(each, [...path, name]));
}

function put(fields, path, value) {
  const holder = path.slice(0, -1).reduce((inside, name) => inside[name], fields);
  holder[path.at(-1)] = value;
}
