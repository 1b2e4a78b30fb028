// The users, which of them holds the phone, and whether they follow the account.

import { button, byId, el, icon, redraw } from "./dom.js";
import { ask } from "./dialogs.js";
import { post, send } from "./server.js";
import { current, t } from "./i18n.js";
import { hold, on, person, store } from "./store.js";
import { replayFile, save } from "./saved_conversations.js";

const COLOURS = 6;
const NEAREST = { block: "nearest", inline: "nearest" };

export function start() {
  for (const topic of ["status", "person", "entries", "language"]) on(topic, draw);
  on("person", () => byId("tabs").querySelector("[aria-selected=true]")?.scrollIntoView(NEAREST));
  byId("tabs").addEventListener("wheel", (event) => {
    byId("tabs").scrollLeft += event.deltaY;
  });
}

export function act(action, argument = "", fields = {}, openid = store.openid) {
  return post("pushes", { action, argument, fields, openid });
}

export function avatar(openid) {
  const people = store.status?.people ?? [];
  const position = people.findIndex((each) => each.openid === openid);
  const name = person(openid).name;
  return el(
    "span",
    { class: `avatar colour-${Math.max(0, position) % COLOURS}`, "aria-hidden": "true" },
    [...name][0],
  );
}

export function accountAvatar() {
  return el("span", { class: "avatar account", "aria-hidden": "true" }, icon("logo"));
}

function draw() {
  if (!store.status) return;
  const people = store.status.people;
  const unread = [...store.unread];
  redraw(byId("tabs"), [current(), store.openid, people.map((each) => each.name), unread], () =>
    people.map(drawPerson),
  );
  redraw(byId("add-person"), [current()], () => [
    button(t("addPerson"), add, { class: "plain" }, icon("plus")),
  ]);
  drawContact(person());
}

function drawPerson(each) {
  const unread = store.unread.get(each.openid) ?? 0;
  const chosen = each.openid === store.openid;
  return el(
    "button",
    {
      type: "button",
      role: "tab",
      "aria-selected": String(chosen),
      class: "person",
      onclick: () => hold(each.openid),
    },
    avatar(each.openid),
    el("span", {}, each.name),
    unread
      ? el("span", { class: "badge", "aria-label": t("unreadCount", { n: unread }) }, `${unread}`)
      : null,
  );
}

function drawContact(who) {
  byId("title").textContent = who.typing ? t("typing") : t("account");
  redraw(byId("contact-tools"), [current(), who.openid, who.follows], () => [
    button(t("saveConversation"), save, { class: "small" }),
    button(t("replayConversation"), replayFile, { class: "small" }),
    ...(who.follows ? [] : [button(t("scan"), scan, { class: "small" })]),
    who.follows
      ? button(t("unfollow"), () => act("unfollow"), { class: "small" })
      : button(t("follow"), () => act("follow"), { class: "small main" }),
  ]);
}

export async function scan() {
  const field = {
    name: "scene",
    label: t("scene"),
    value: "poster",
    required: true,
    maxLength: 64,
  };
  const asked = await ask(t("scan"), [field], t("scanned"));
  if (asked) await act(person().follows ? "scan" : "follow", asked.scene);
}

async function add() {
  const field = { name: "name", label: t("personName"), required: true, maxLength: 20 };
  const asked = await ask(t("addPerson"), [field], t("add"));
  if (!asked) return;
  const answer = await send("people", "application/json", JSON.stringify(asked));
  if (answer) hold(JSON.parse(answer).openid);
}
