"""Menus and QR codes: what the account shows, changed by way of WeChat's API."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml

from ops import menu_checks
from simulator.account import Account
from simulator.faults import IP_NOT_WHITELISTED, SECRET_ROTATED
from tests.ops.operator import Operator
from tests.simulated import Side, wechat_side

MENU = """
button:
- {type: click, name: 联系我们, key: CONTACT}
- name: 更多
  sub_button:
  - {type: view, name: 网站, url: "https://example.com"}
"""


@pytest.fixture
def side(operator: Operator) -> Iterator[Side]:
    """WeChat's side, for the account of the operator's stage."""
    account = Account.new()
    operator.keeps_secrets_of(account)
    with wechat_side(account) as side:
        operator.configure(WECHAT_API_URL=side.address)
        yield side


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "menu.yaml"
    file.write_text(MENU)
    return file


def test_a_menu_is_pushed_after_its_difference_is_shown(
    operator: Operator, side: Side, file: Path
) -> None:
    result = operator.types("menu", "push", str(file), answers="y\n")
    assert result.exit_code == 0, result.output
    assert "+- type: click" in result.stdout
    assert side.world.menu is not None
    assert [each["name"] for each in side.world.menu["button"]] == ["联系我们", "更多"]


def test_what_is_shown_can_be_pushed_and_is_no_difference(
    operator: Operator, side: Side, file: Path
) -> None:
    operator.types("menu", "push", str(file), "--yes")
    shown = operator.types("menu", "show")
    assert yaml.safe_load(shown.stdout) == yaml.safe_load(MENU)
    file.write_text(shown.stdout)
    assert operator.types("menu", "diff", str(file)).exit_code == 0
    again = operator.types("menu", "push", str(file))
    assert "Nothing to change" in again.stderr


def test_empty_sub_buttons_that_wechat_adds_are_no_difference(
    operator: Operator, side: Side, file: Path
) -> None:
    button = {"type": "click", "name": "联系我们", "key": "CONTACT", "sub_button": []}
    below = {"type": "view", "name": "网站", "url": "https://example.com", "sub_button": []}
    more = {"name": "更多", "sub_button": {"list": [below]}}
    side.world.menu = {"button": [button, more]}
    assert operator.types("menu", "diff", str(file)).exit_code == 0


def test_a_difference_is_told_by_the_exit_code_and_nothing_is_changed(
    operator: Operator, side: Side, file: Path
) -> None:
    result = operator.types("menu", "diff", str(file))
    assert result.exit_code == 1
    assert "联系我们" in result.stdout
    assert side.world.menu is None


def test_the_menu_of_production_stays_without_a_yes(
    operator: Operator, side: Side, file: Path
) -> None:
    assert operator.types("menu", "push", str(file), answers="n\n").exit_code == 1
    assert side.world.menu is None


def test_an_account_without_a_menu_says_so(operator: Operator, side: Side) -> None:
    assert "no menu" in operator.types("menu", "show").stderr
    assert operator.reads("menu", "show") == {"button": []}


def button(**fields: object) -> dict[str, object]:
    return {"type": "click", "name": "a", "key": "K", **fields}


@pytest.mark.parametrize(
    ("menu", "problem"),
    [
        ({"button": []}, "0 buttons"),
        ({"button": [button()] * 4}, "4 buttons"),
        ({"button": [button(name="六个汉字太长")]}, "16 is the most"),
        ({"button": [button(type="clack")]}, "'clack'"),
        ({"button": [button(key="")]}, "needs key"),
        ({"button": [button(key="k" * 129)]}, "128 is the most"),
        ({"button": [{"type": "view", "name": "a"}]}, "needs url"),
        ({"button": [{"name": "a", "sub_button": [button()] * 6}]}, "6 sub-buttons"),
        ({"button": [{"name": "a", "sub_button": [button(name="字" * 21)]}]}, "60 is the most"),
        ({"button": [{"name": "a", "sub_button": [{"sub_button": [button()]}]}]}, "below it"),
        ({"button": [{"name": "a", "sub_button": "b"}]}, "list of buttons"),
        ({"button": ["a"]}, "no button"),
        ({"button": [button() | {1: "x"}]}, "1 has to be text"),
        ({"button": [button(type=["click"])]}, "type has to be text"),
        ({"button": [button(since=date(2026, 1, 1))]}, "since has to be text"),
        ({"button": [button(key="\ud800")]}, "key has to be text"),
        ({"button": [{"type": "click", "key": "K"}]}, "no name"),
        ({"button": [{"name": "a\nb", "sub_button": [button()]}]}, "text of one line"),
        ({"button": [button()], "menuid": "1"}, "'menuid' stands beside button"),
        ({"button": [button()], "matchrule": {"tag_id": "2"}}, "conditionalmenu:"),
        ({"buttons": [button()]}, "no list `button`"),
        ([], "no list `button`"),
    ],
)
def test_a_menu_that_wechat_would_refuse_never_leaves(
    operator: Operator, side: Side, file: Path, menu: object, problem: str
) -> None:
    file.write_text(yaml.safe_dump(menu, allow_unicode=True))
    result = operator.types("menu", "push", str(file), "--yes")
    assert result.exit_code == 1
    assert problem in result.stderr
    assert side.world.calls == []


def test_a_file_that_is_no_yaml_is_told(operator: Operator, side: Side, file: Path) -> None:
    file.write_text("button: [")
    result = operator.types("menu", "push", str(file), "--yes")
    assert result.exit_code == 1
    assert "not YAML" in result.stderr


def test_a_file_in_another_encoding_is_told(operator: Operator, side: Side, file: Path) -> None:
    file.write_bytes(MENU.encode("gbk"))
    result = operator.types("menu", "push", str(file), "--yes")
    assert result.exit_code == 1
    assert "UTF-8" in result.stderr


def test_every_type_that_wechat_documents_is_known() -> None:
    for kind, fields in menu_checks.NEEDED.items():
        described = {"type": kind, "name": "a", **dict.fromkeys(fields, "x")}
        assert list(menu_checks.problems({"button": [described]})) == []


def test_a_qr_code_is_written_as_a_picture(operator: Operator, side: Side, tmp_path: Path) -> None:
    picture = tmp_path / "poster.png"
    result = operator.types("qrcode", "poster", "--expires", "7d", "--out", str(picture))
    assert result.exit_code == 0, result.output
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "http://weixin.qq.com/q/" in result.stderr


def test_a_qr_code_is_drawn_where_nobody_wants_a_file(operator: Operator, side: Side) -> None:
    result = operator.types("qrcode", "poster")
    assert result.exit_code == 0, result.output
    assert "http://weixin.qq.com/q/" in result.stdout
    assert len(result.stdout.splitlines()) > 10


def test_a_qr_code_for_ever_wants_a_yes(operator: Operator, side: Side) -> None:
    assert operator.types("qrcode", "door", "--forever", answers="n\n").exit_code == 1
    assert not [call for call in side.world.calls if "qrcode" in call.path]
    assert operator.types("qrcode", "door", "--forever", "--yes").exit_code == 0


def test_no_qr_code_is_made_that_cannot_be_written(operator: Operator, side: Side) -> None:
    result = operator.types("qrcode", "door", "--forever", "--yes", "--out", "nowhere/door.png")
    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert side.world.calls == []


@pytest.mark.parametrize(
    "words",
    [
        ["a" * 65],
        ["a", "--expires", "31d"],
        ["a", "--expires", "7"],
        ["a", "--forever", "--expires", "7d"],
    ],
)
def test_what_wechat_does_not_take_for_a_qr_code_is_misuse(
    operator: Operator, side: Side, words: list[str]
) -> None:
    assert operator.types("qrcode", *words).exit_code == 2


def test_what_wechat_refuses_is_one_sentence_with_what_to_do(
    operator: Operator, side: Side
) -> None:
    side.world.faults.turn_on(IP_NOT_WHITELISTED)
    refused = operator.types("menu", "show")
    assert refused.exit_code == 1
    assert "203.0.113.7" in refused.stderr
    assert "IP whitelist" in refused.stderr
    side.world.faults.turn_off(IP_NOT_WHITELISTED)
    side.world.faults.turn_on(SECRET_ROTATED)
    assert "app-secret" in operator.types("menu", "show").stderr


def test_without_secrets_wechat_is_not_called(operator: Operator) -> None:
    result = operator.types("menu", "show")
    assert result.exit_code == 1
    assert f"python -m ops secrets set app-id --stage {operator.stage}" in result.stderr
    assert result.stdout == ""
