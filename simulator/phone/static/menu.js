// The account's menu, as it was pushed by the API, and what a tap does by the button's type.

import { button, el } from "./dom.js";
import { ask } from "./dialogs.js";
import { act } from "./people.js";
import { t } from "./i18n.js";
import { visit } from "./browser.js";
import { choosePicture } from "./panel.js";
import { store } from "./store.js";

export function drawMenu() {
  return el("div", { class: "menu", role: "menubar" }, store.status.menu.button.map(drawButton));
}

function drawButton(each) {
  const inside = each.sub_button?.length ? each.sub_button : null;
  if (!inside) return button(each.name, () => tapped(each), { role: "menuitem" });
  const opened = el(
    "div",
    { class: "submenu", role: "menu", hidden: true },
    inside.map((sub) =>
      button(
        sub.name,
        () => {
          opened.hidden = true;
          tapped(sub);
        },
        { role: "menuitem" },
      ),
    ),
  );
  const toggle = () => {
    for (const other of document.querySelectorAll(".submenu"))
      if (other !== opened) other.hidden = true;
    opened.hidden = !opened.hidden;
  };
  return el(
    "div",
    { class: "has-submenu" },
    el("button", { type: "button", role: "menuitem", onclick: toggle }, "≡ ", each.name),
    opened,
  );
}

const TAPS = {
  click: (pressed) => act("click", pressed.key),
  view: openPage,
  miniprogram: (pressed) => act("event", "view_miniprogram", { EventKey: pressed.pagepath ?? "" }),
  scancode_push: scanned,
  scancode_waitmsg: scanned,
  pic_sysphoto: pictures,
  pic_photo_or_album: pictures,
  pic_weixin: pictures,
  location_select: place,
};

const tapped = (pressed) => TAPS[pressed.type]?.(pressed);

async function openPage(pressed) {
  await act("view", pressed.url);
  if (visit(pressed.url)) return;
  el("a", { href: pressed.url, target: "_blank", rel: "noreferrer noopener" }).click();
}

async function scanned(pressed) {
  const field = {
    name: "result",
    label: t("scanResult"),
    value: "https://example.com/",
    required: true,
  };
  const asked = await ask(pressed.name, [field], t("scanned"));
  if (!asked) return;
  const ScanCodeInfo = { ScanType: "qrcode", ScanResult: asked.result };
  await act("event", pressed.type, { EventKey: pressed.key, ScanCodeInfo });
}

function pictures(pressed) {
  const SendPicsInfo = {
    Count: 1,
    PicList: { item: { PicMd5Sum: "1b5f7c23b5bf75682a53e7b6d163e185" } },
  };
  choosePicture(() => act("event", pressed.type, { EventKey: pressed.key, SendPicsInfo }));
}

async function place(pressed) {
  const fields = [
    { name: "Label", label: t("location"), value: "广州市天河区体育西路", required: true },
    { name: "Location_X", label: "Location_X", value: "23.137466", required: true },
    { name: "Location_Y", label: "Location_Y", value: "113.352425", required: true },
  ];
  const asked = await ask(pressed.name, fields, t("sendThis"));
  if (!asked) return;
  await act("event", "location_select", {
    EventKey: pressed.key,
    SendLocationInfo: { ...asked, Scale: "15", Poiname: "" },
  });
  await act("location", "", {
    Label: asked.Label,
    Location_X: Number(asked.Location_X),
    Location_Y: Number(asked.Location_Y),
  });
}
