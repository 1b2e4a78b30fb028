// The account's menu, as the API has set it, and what a tap on each type of button does.

import { button, el, icon } from "./dom.js";
import { ask } from "./dialogs.js";
import { act } from "./people.js";
import { t } from "./i18n.js";
import { openPage } from "./browser.js";
import { choosePicture } from "./pictures.js";
import { store } from "./store.js";

document.addEventListener("click", (event) => {
  const here = event.target.closest(".has-submenu");
  if (opened() && opened().parentElement !== here) closeSubmenu();
});

export function drawMenu() {
  return el(
    "div",
    { class: "menu", role: "menubar", onkeydown: walk },
    store.status.menu.button.map(drawButton),
  );
}

function drawButton(each) {
  if (!each.sub_button?.length)
    return button(each.name, () => tapped(each), { role: "menuitem" });
  const submenu = el(
    "div",
    { class: "submenu", role: "menu", hidden: true },
    each.sub_button.map((sub) =>
      button(
        sub.name,
        () => {
          closeSubmenu();
          tapped(sub);
        },
        { role: "menuitem" },
      ),
    ),
  );
  return el(
    "div",
    { class: "has-submenu" },
    el(
      "button",
      {
        type: "button",
        role: "menuitem",
        "aria-haspopup": "menu",
        "aria-expanded": "false",
        onclick: () => (submenu.hidden ? open(submenu) : closeSubmenu()),
      },
      icon("menu"),
      each.name,
    ),
    submenu,
  );
}

const opened = () => document.querySelector(".submenu:not([hidden])");

function open(submenu) {
  if (submenu !== opened()) closeSubmenu();
  submenu.hidden = false;
  submenu.previousElementSibling.ariaExpanded = "true";
}

export function closeSubmenu() {
  const submenu = opened();
  if (!submenu) return false;
  const toggle = submenu.previousElementSibling;
  if (submenu.contains(document.activeElement)) toggle.focus();
  submenu.hidden = true;
  toggle.ariaExpanded = "false";
  return true;
}

const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

// Arrows move along the menu, and into a submenu above it.
function walk(event) {
  const step = STEPS[event.key];
  const holder = event.target.closest(".has-submenu");
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    closeSubmenu();
    const tops = event.currentTarget.querySelectorAll(":scope > button, .has-submenu > button");
    focusNext([...tops], holder?.firstElementChild ?? event.target, step);
  } else if (step && holder) {
    open(holder.lastElementChild);
    focusNext([...holder.lastElementChild.children], event.target, step);
  } else return;
  event.preventDefault();
}

function focusNext(items, from, step) {
  const at = items.indexOf(from);
  const next = at < 0 && step < 0 ? -1 : at + step;
  items.at(next % items.length).focus();
}

const TAPS = {
  click: (pressed) => act("click", pressed.key),
  view: tapLink,
  miniprogram: (pressed) => act("event", "view_miniprogram", { EventKey: pressed.pagepath ?? "" }),
  scancode_push: scanned,
  scancode_waitmsg: scanned,
  pic_sysphoto: pictures,
  pic_photo_or_album: pictures,
  pic_weixin: pictures,
  location_select: place,
};

const tapped = (pressed) => TAPS[pressed.type]?.(pressed);

async function tapLink(pressed) {
  await act("view", pressed.url);
  if (openPage(pressed.url)) return;
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
