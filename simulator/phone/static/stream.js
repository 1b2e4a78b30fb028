// A stream of pushes, under which a secret can be rotated. It tells which handler it will run.

import { ask } from "./dialogs.js";
import { button, el } from "./dom.js";
import { complain, getJson, post } from "./server.js";
import { t, words } from "./i18n.js";
import { inLanguage } from "./sentences.js";

let text = ""; // empty: one that an idempotent route answers

async function start() {
  try {
    const route = await getJson(`stream/route?text=${encodeURIComponent(text)}`);
    const agreed = await ask(t("stream"), [], t("startStream"), ...told(route));
    if (agreed) await post("stream", { on: true, text: route.text });
  } catch {
    complain("outOfReach");
  }
}

function told({ text: sent, route, travels, problem }) {
  const pushed = t("streamPushes", { text: sent });
  if (problem) return [pushed, t("handlersUnreadable", { detail: inLanguage(problem) })];
  if (!route) return [pushed, t("streamUnrouted")];
  const how = words("travels", travels) ?? "";
  const runs = travels === "idempotent" ? "streamHarmless" : "streamRuns";
  return [pushed, t("streamAnswers", { route, how }), t(runs)];
}

export function streaming(stream, rotation) {
  const stop = () => post("stream", { on: false });
  const field = el("input", {
    id: "stream-text",
    "aria-label": t("streamText"),
    placeholder: t("streamText"),
    value: text,
    maxLength: 200,
    oninput: (event) => {
      text = event.target.value;
    },
  });
  const counts = ["sent", "answered", "refused", "failed"].map((name) =>
    counter(name, stream[name]),
  );
  return el(
    "section",
    { "aria-label": t("stream") },
    el("h3", {}, t("stream")),
    el(
      "div",
      { class: "row" },
      field,
      stream.runs
        ? button(t("stopStream"), stop, { id: "stream" })
        : button(t("startStream"), start, { class: "main", id: "stream" }),
    ),
    el("div", { class: "counters" }, counts),
    el(
      "p",
      { class: "hint", role: "status", id: "rotation" },
      rotation.step === "none"
        ? t("streamHint")
        : words("steps", rotation.step).replace(/\{(\w+)\}/g, (_, key) => rotation[key] ?? ""),
    ),
  );
}

function counter(name, value) {
  const bad = (name === "refused" || name === "failed") && value > 0;
  return el(
    "div",
    { class: bad ? "counter failed" : "counter" },
    el("b", { id: `count-${name}` }, `${value}`),
    el("span", {}, words("counts", name)),
  );
}
