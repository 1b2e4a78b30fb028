// Replies as the backend stores them, which is JSON, in the words that a user reads.

import { t } from "./i18n.js";

const KINDS = {
  transfer_customer_service: "transfer",
  mpnews: "news",
  mpnewsarticle: "news",
  msgmenu: "menu",
  wxcard: "card",
  miniprogrampage: "miniprogram",
};

export const answerTexts = (answer) => (answer ? JSON.parse(answer).map(textOf) : []);

export const partTexts = (parts) => JSON.parse(parts).map(({ reply }) => textOf(reply));

export const kindOf = ({ kind }) => t(KINDS[kind] ?? kind);

function textOf(reply) {
  const { kind, content, head_content, title, articles } = reply;
  const text = content ?? head_content ?? title ?? articles?.[0].title;
  return kind === "text" ? text : [`[${kindOf(reply)}]`, text].filter(Boolean).join(" ");
}
