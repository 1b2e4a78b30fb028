// The panel behind the plus: everything that a user can send, and the fields of each kind.

import { el, icon } from "./dom.js";
import { take } from "./agent.js";
import { ask } from "./dialogs.js";
import { chooseEvent } from "./event_dialog.js";
import { act, scan } from "./people.js";
import { getJson } from "./server.js";
import { choosePicture } from "./pictures.js";
import { closePanel } from "./composition.js";
import { editMenu } from "./menu_editor.js";
import { site, openPage } from "./browser.js";
import { t } from "./i18n.js";

let kinds = null;

export function drawPanel() {
  const tile = (name, sign, doIt) =>
    el(
      "button",
      { type: "button", class: "tile", onclick: doIt },
      el("span", {}, icon(sign)),
      t(name),
    );
  return el(
    "div",
    { class: "panel", role: "group", "aria-label": t("more") },
    tile("image", "picture", choosePicture),
    tile("sampleImage", "picture", () => act("image")),
    tile("voice", "voice", () => withFields("voice")),
    tile("video", "video", () => withFields("video")),
    tile("shortvideo", "video", () => withFields("shortvideo")),
    tile("location", "pin", () => withFields("location")),
    tile("link", "link", () => withFields("link")),
    tile("file", "file", () => withFields("file")),
    tile("scan", "scan", scan),
    tile("clickKey", "menu", clickKey),
    tile("event", "bolt", async () => chooseEvent((await known()).events)),
    tile("agentTakes", "chat", () => closePanel() && take()),
    tile("editMenu", "table", editMenu),
    tile("mine", "person", () => closePanel() && openPage(`${site()}/me`)),
  );
}

const known = async () => (kinds ??= await getJson("kinds"));

async function withFields(kind) {
  const samples = (await known()).messages[kind];
  const fields = Object.entries(samples).map(([name, value]) => ({
    name,
    label: name,
    value: String(value),
  }));
  if (kind === "voice") fields.push({ name: "Recognition", label: "Recognition", value: "" });
  const asked = await ask(t("fieldsOf", { name: t(kind) }), fields, t("sendThis"));
  if (asked) await act(kind, "", typed(asked, samples));
}

// As WeChat sends them: a number stays a number, an empty field is left out.
function typed(asked, samples) {
  const filled = Object.entries(asked).filter(([name, value]) => value !== "" || name in samples);
  return Object.fromEntries(
    filled.map(([name, value]) => [name, typeof samples[name] === "number" ? Number(value) : value]),
  );
}

async function clickKey() {
  const field = { name: "key", label: t("key"), value: "CONTACT", required: true, maxLength: 128 };
  const asked = await ask(t("clickKey"), [field], t("sendThis"));
  if (asked) await act("click", asked.key);
}
