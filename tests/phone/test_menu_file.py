"""The page edits the account's menus as the file of `ops menu`."""

from pathlib import Path

import httpx
import pytest

from ops import menus
from tests.phone.client import told

MENUS = """
button:
- {type: click, name: 价目表, key: PRICES}
- name: 更多
  sub_button:
  - {type: view, name: 商城, url: "https://shop.example"}
conditionalmenu:
- matchrule: {tag_id: "2"}
  button:
  - {type: click, name: 会员价, key: MEMBER_PRICES}
"""


def test_what_the_page_takes_and_shows_is_a_file_of_ops_menu(
    phone: httpx.Client, tmp_path: Path
) -> None:
    assert phone.post("/menu", json={"yaml": MENUS}).status_code == 204
    shown, written = tmp_path / "shown.yaml", tmp_path / "written.yaml"
    shown.write_text(phone.get("/menu").text, encoding="utf-8")
    written.write_text(MENUS, encoding="utf-8")
    assert menus.read(shown) == menus.read(written)


def test_a_file_without_personalised_menus_leaves_them(phone: httpx.Client) -> None:
    phone.post("/menu", json={"yaml": MENUS})
    phone.post("/menu", json={"yaml": "button: [{name: 报告, type: click, key: REPORT}]"})
    assert "MEMBER_PRICES" in phone.get("/menu").text
    phone.post("/menu", json={"yaml": "button: []"})
    assert (told(phone, "menu"), phone.get("/menu").text) == (None, "")


@pytest.mark.parametrize(
    "text",
    [
        "button: [",
        "button: [\x07]",
        "menu",
        "button: {name: a}",
        "button: [a]",
        "button: [{name: 7, type: click, key: A}]",
        "button: [{name: a, sub_button: [b]}]",
        "{button: [{name: a}], conditionalmenu: [{button: [{name: b}], matchrule: {sex: '1'}}]}",
    ],
)
def test_what_is_no_menu_changes_nothing(phone: httpx.Client, text: str) -> None:
    phone.post("/menu", json={"yaml": MENUS})
    before = phone.get("/menu").text
    assert phone.post("/menu", json={"yaml": text}).status_code == 400
    assert phone.get("/menu").text == before
