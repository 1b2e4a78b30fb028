// One bubble for each kind of message, as WeChat draws it.

import { el, icon } from "./dom.js";
import { current, t, words } from "./i18n.js";
import { linked, webLink } from "./linked_text.js";

export function describe(said) {
  if (said.kind !== "event") return labelled(said);
  const did =
    words("did", said.event === "subscribe" && said.key ? "scene" : said.event) ??
    words("did", "other");
  return did.replace("{key}", said.key.replace(/^qrscene_/, "")).replace("{event}", said.event);
}

// The simulator labels everything but texts in Chinese, such as [图片].
function labelled({ kind, text }) {
  if (kind === "text" || current() === "zh") return text;
  return text.replace(/^\[[^\]]+\]/, `[${t(kind)}]`);
}

export function bubble(said, say) {
  const draw = KINDS[said.kind];
  const inside = draw ? draw(said, say) : linked(said.said ?? said.text, say);
  const by = said.by ? [el("span", { class: "by" }, said.by)] : [];
  return el("div", { class: `bubble ${said.kind}` }, by, inside);
}

const KINDS = {
  text: (said, say) => linked(said.said ?? said.text, say),
  image: (said) => [picture(said.picture, t("image"))],
  voice: (said) => [
    el("span", { class: "wave" }, icon("voice"), el("span", {}, t("voiceLength"))),
    said.recognition ? el("span", { class: "below" }, said.recognition) : null,
  ],
  video: (said) => film(said),
  shortvideo: (said) => film(said),
  location: (said) => [
    el("strong", {}, said.label || t("location")),
    el("span", { class: "map", "aria-hidden": "true" }, icon("pin")),
    el("span", { class: "below" }, said.place),
  ],
  link: (said) => card(said.title, said.description, said.url, "link"),
  file: (said) => card(said.title, `${said.size} B`, "", "file"),
  music: (said) => card(said.title || t("music"), said.description, said.url, "music"),
  news: (said) => said.articles.map(article),
  msgmenu: (said, say) => [
    said.head ? el("span", { class: "head" }, said.head) : null,
    ...said.choices.map((each) =>
      el(
        "button",
        { type: "button", class: "as-link", onclick: () => say(each.content, each.id) },
        each.content,
      ),
    ),
    said.tail ? el("span", { class: "below" }, said.tail) : null,
  ],
  template: (said) => keywords("template", said),
  subscription: (said) => keywords("subscription", said),
  miniprogram: (said) => card(said.title || t("miniprogram"), said.description, "", "bolt"),
  transfer: () => [t("transfer")],
};

function keywords(name, said) {
  return [
    el("strong", {}, t(name)),
    el(
      "dl",
      {},
      Object.entries(said.data).flatMap(([title, value]) => [
        el("dt", {}, title),
        el("dd", {}, value),
      ]),
    ),
    said.url ? webLink(said.url, t("open")) : null,
  ];
}

function picture(source, label) {
  if (!source)
    return el("span", { class: "film", role: "img", "aria-label": label }, icon("picture"));
  const image = el("img", { src: source, alt: label, loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(picture("", label)));
  return image;
}

function film(said) {
  return [
    el("span", { class: "film" }, icon("play")),
    said.title ? el("strong", {}, said.title) : null,
    said.description ? el("span", { class: "below" }, said.description) : null,
  ];
}

function card(title, description, url, sign) {
  const heading = (url && webLink(url, title || url)) || el("strong", {}, title || url);
  return [
    el(
      "span",
      { class: "card" },
      el(
        "span",
        { class: "card-text" },
        heading,
        el("span", { class: "below" }, description ?? ""),
      ),
      icon(sign),
    ),
  ];
}

function article(each, position) {
  const heading = (each.url && webLink(each.url, each.title)) || el("strong", {}, each.title);
  heading.classList.add("article-title");
  return el(
    "span",
    { class: "article" },
    position === 0 ? el("span", { class: "cover", "aria-hidden": "true" }, icon("picture")) : null,
    heading,
    each.description ? el("span", { class: "below" }, each.description) : null,
  );
}
