// A message of the account in brief: an icon for its kind, and its first words.

import { describe } from "./bubbles.js";
import { t } from "./i18n.js";

const SIGNS = {
  text: "chat",
  image: "picture",
  voice: "voice",
  video: "video",
  music: "music",
  news: "link",
  msgmenu: "menu",
  template: "file",
  subscription: "file",
  miniprogram: "out",
};
const MOST = 80; // characters

export const signOf = (said) => SIGNS[said.kind] ?? "table";

export function firstWords(said) {
  const label = said.kind === "msgmenu" ? `[${t("menu")}] ` : "";
  const text = describe({ ...said, text: said.said ?? said.text });
  const letters = [...`${label}${text}`.replace(/\s+/g, " ")];
  const shown = letters.length > MOST ? [...letters.slice(0, MOST), "…"] : letters;
  return `${said.by ? `${said.by}：` : ""}${shown.join("")}`;
}

// What kind of message it is, and whether the account sent it of its own accord.
export const sentAs = ({ own, late }) =>
  [t(own ? "ownMessage" : "sentMessage"), t(late.kind)].join(" · ");
