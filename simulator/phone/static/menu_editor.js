// The account's menus as YAML, in the form that `python -m ops menu` takes.

import { button, el } from "./dom.js";
import { codeArea, sheet } from "./dialogs.js";
import { attempt, get } from "./server.js";
import { t } from "./i18n.js";
import { site } from "./browser.js";

const sample = () => `button:
- {type: click, name: 联系我们, key: CONTACT}
- name: 服务
  sub_button:
  - {type: view, name: 我的资料, url: "${site()}/me"}
  - {type: scancode_waitmsg, name: 扫码查询, key: SCAN}
  - {type: pic_photo_or_album, name: 发图片, key: PICTURES}
  - {type: location_select, name: 发位置, key: PLACE}
- {type: click, name: 报告, key: REPORT}
`;

export async function editMenu() {
  const now = await (await get("menu")).text();
  const area = codeArea({ "aria-label": t("editMenu"), value: now || sample(), rows: 16 });
  const problem = el("pre", { class: "problem", role: "alert", hidden: true });
  const onsubmit = async (event) => {
    event.preventDefault();
    const told = await attempt("menu", { yaml: area.value });
    problem.hidden = !told;
    problem.textContent = told;
    if (!told) dialog.close();
  };
  const form = el(
    "form",
    { onsubmit },
    el("p", { class: "hint" }, t(now ? "asMenuFile" : "noMenu")),
    area,
    problem,
    el(
      "div",
      { class: "row end" },
      button(t("cancel"), () => dialog.close()),
      el("button", { class: "main" }, t("pushMenu")),
    ),
  );
  const dialog = sheet(t("editMenu"), form);
  dialog.classList.add("wide");
  dialog.showModal();
  area.focus();
}
