// WeChat's own browser, for pages of the site. Any other page opens in a new tab.

import { button, byId, el, icon, redraw } from "./dom.js";
import { current, t } from "./i18n.js";
import { on, store } from "./store.js";

let visitor = ""; // the user whose browser is open
let opener = null; // the element that had the focus before

on("status", follow);
on("person", close);
addEventListener("message", ({ source, data }) => {
  if (data === "Escape" && source === byId("browser").querySelector("iframe")?.contentWindow) close();
});

// Opens the page inside the phone; returns false if it belongs outside.
export function openPage(href) {
  const url = new URL(href, location.href);
  const whose = { [site()]: "site", [location.origin]: "wechat" }[url.origin];
  if (!whose || (whose === "wechat" && !url.pathname.startsWith("/connect/"))) return false;
  open(whose, url);
  return true;
}

export const site = () => new URL(store.status.url).origin;

function open(whose, url) {
  visitor = store.openid;
  if (byId("browser").hidden) opener = document.activeElement;
  const source = `inapp/${store.status.browser.key}/${visitor}/${whose}${url.pathname}${url.search}`;
  const frame = el("iframe", {
    src: source,
    title: t("inApp"),
    sandbox: "allow-forms allow-scripts",
  });
  byId("browser").replaceChildren(
    el(
      "header",
      {},
      button(t("close"), close, { class: "plain", id: "close-browser" }, icon("close")),
      el("p", { id: "address" }),
      el(
        "a",
        {
          class: "out",
          href: url.href,
          target: "_blank",
          rel: "noreferrer noopener",
          "aria-label": t("newTab"),
          title: t("newTab"),
        },
        icon("out"),
      ),
    ),
    frame,
    el("footer", { hidden: true }),
  );
  byId("browser").hidden = false;
  drawAddress(url);
  byId("close-browser").focus();
}

function follow() {
  if (!store.status || byId("browser").hidden) return;
  const { at, full_service: again } = store.status.browser;
  if (at[visitor]) drawAddress(new URL(at[visitor]));
  drawFooter(again[visitor]);
}

// Under a snapshot page WeChat offers to open it again, with a real authorization.
function drawFooter(again) {
  const footer = byId("browser").querySelector("footer");
  footer.hidden = !again;
  redraw(footer, [current(), again], () => {
    if (!again) return [];
    const open = () => openPage(again);
    return [el("p", {}, t("snapshotPage")), button(t("fullService"), open, { class: "small main" })];
  });
}

// Shows the path only, because codes and states do not belong on a screen.
function drawAddress(url) {
  byId("address").textContent = `${url.host}${url.pathname}`;
  byId("browser").querySelector(".out").href = `${url.origin}${url.pathname}`;
}

export function close() {
  const wasOpen = !byId("browser").hidden;
  byId("browser").hidden = true;
  byId("browser").replaceChildren();
  if (wasOpen) opener.focus();
  return wasOpen;
}
