// Text as WeChat shows it: addresses and <a href> are links, everything else is text.

import { el } from "./dom.js";
import { openPage } from "./browser.js";

const LINK =
  /<a\s+href="([^"]{1,2000})"[^>]*>([^<]{1,500})<\/a>|(https?:\/\/[^\s<>"，。；！？、）】」]+)/gi;
const MENU = /^weixin:\/\/bizmsgmenu\?(.*)$/i;

export function linked(text, say) {
  const pieces = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    pieces.push(text.slice(end, found.index));
    pieces.push(link(found[1] ?? found[3], found[2] ?? found[3], say) ?? found[0]);
    end = found.index + found[0].length;
  }
  return [...pieces, text.slice(end)].filter((each) => each !== "");
}

function link(href, label, say) {
  const menu = MENU.exec(href);
  if (menu) return menuLink(new URLSearchParams(menu[1]), label, say);
  return webLink(href, label);
}

export function webLink(href, label) {
  if (!/^https?:\/\//i.test(href)) return null;
  const open = (event) => {
    if (openPage(href)) event.preventDefault();
  };
  return el("a", { href, target: "_blank", rel: "noreferrer noopener", onclick: open }, label);
}

function menuLink(query, label, say) {
  const tap = () => say(query.get("msgmenucontent") ?? label, query.get("msgmenuid") ?? "");
  return el("button", { type: "button", class: "as-link", onclick: tap }, label);
}
