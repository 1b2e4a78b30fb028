// A dialog that asks for something, with fields and a button. Escape cancels it.

import { button, byId, el, icon } from "./dom.js";
import { t } from "./i18n.js";

// `fields` are {name, label, value}, and `told` is what somebody should know before. Resolves with
// the values, or with null when cancelled.
export function ask(title, fields, doIt, ...told) {
  return new Promise((answer) => {
    const inputs = fields.map((field) => [field, input(field)]);
    const done = (values) => {
      dialog.close();
      answer(values);
    };
    const form = el(
      "form",
      {
        method: "dialog",
        onsubmit: (event) => {
          event.preventDefault();
          done(Object.fromEntries(inputs.map(([field, each]) => [field.name, each.value])));
        },
      },
      told.map((each) => el("p", {}, each)),
      inputs.map(([field, each]) => el("label", {}, el("span", {}, field.label), each)),
      el(
        "div",
        { class: "row end" },
        button(t("cancel"), () => done(null)),
        el("button", { class: "main" }, doIt),
      ),
    );
    const dialog = sheet(title, form);
    dialog.addEventListener("close", () => answer(null));
    dialog.showModal();
    form.querySelector("input, textarea, select, .main").focus();
  });
}

export function sheet(title, ...content) {
  const close = button(t("close"), () => dialog.close(), { class: "plain" }, icon("close"));
  const dialog = el(
    "dialog",
    { "aria-label": title },
    el("header", {}, el("h2", {}, title), close),
    ...content,
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  byId("dialogs").append(dialog);
  return dialog;
}

function input(field) {
  const props = {
    value: field.value ?? "",
    required: field.required ?? false,
    autocomplete: "off",
    spellcheck: false,
  };
  return el("input", { ...props, type: "text", maxLength: field.maxLength ?? 2000 });
}

// An input for a JSON object. Anything else is reported there, and stays to be fixed.
export function jsonArea(props) {
  const area = codeArea({ oninput: () => area.setCustomValidity(""), ...props });
  return area;
}

export const codeArea = (props) =>
  el("textarea", { class: "code", spellcheck: false, selectionEnd: 0, ...props });

export function jsonIn(area) {
  const value = parsed(area.value || "{}");
  if (value && typeof value === "object" && !Array.isArray(value)) return value;
  area.setCustomValidity(t("notJson"));
  area.reportValidity();
  return null;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
