"""Menus that only some of the account's users see (个性化菜单)."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.account import Account
from tests.ops.operator import Operator
from tests.simulated import Side, wechat_side


def button(name: str) -> dict[str, str]:
    return {"type": "click", "name": name, "key": "K"}


def personal(name: str, **rule: object) -> dict[str, Any]:
    return {"matchrule": rule, "button": [button(name)]}


MENU = {"button": [button("联系我们")]}
MEMBERS, PHONES = personal("会员", tag_id="2"), personal("苹果", client_platform_type="1")


@pytest.fixture
def side(operator: Operator) -> Iterator[Side]:
    account = Account.new()
    operator.keeps_secrets_of(account)
    with wechat_side(account) as side:
        operator.configure(WECHAT_API_URL=side.address)
        yield side


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "menu.yaml"


def save(file: Path, menu: Mapping[str, Any]) -> None:
    file.write_text(yaml.safe_dump(menu, allow_unicode=True))


def pushed(operator: Operator, file: Path, menu: Mapping[str, Any]) -> str:
    save(file, menu)
    result = operator.types("menu", "push", str(file), "--yes")
    assert result.exit_code == 0, result.output
    return result.output


def names(side: Side) -> list[str]:
    return [each["button"][0]["name"] for each in side.world.conditional_menus]


def test_they_are_pushed_in_the_files_order_and_shown_as_a_file(
    operator: Operator, side: Side, file: Path
) -> None:
    wanted = {**MENU, "conditionalmenu": [MEMBERS, PHONES]}
    assert "+    name: 会员" in pushed(operator, file, wanted)
    assert names(side) == ["会员", "苹果"]
    shown = operator.types("menu", "show").stdout
    assert yaml.safe_load(shown) == wanted == operator.reads("menu", "show")
    file.write_text(shown)
    assert operator.types("menu", "diff", str(file)).exit_code == 0


def test_a_change_makes_all_of_them_again_because_wechat_tries_the_newest_first(
    operator: Operator, side: Side, file: Path
) -> None:
    pushed(operator, file, {**MENU, "conditionalmenu": [MEMBERS, PHONES]})
    side.world.calls.clear()
    vip = personal("贵宾", tag_id=2)
    said = pushed(operator, file, {**MENU, "conditionalmenu": [vip, PHONES]})
    assert "-    name: 会员" in said
    assert names(side) == ["贵宾", "苹果"]
    paths = [each.path.rpartition("/")[2] for each in side.world.calls if "menu" in each.path]
    assert paths == ["get", *["addconditional"] * 2, *["delconditional"] * 2]


def test_a_file_that_says_nothing_of_them_leaves_them(
    operator: Operator, side: Side, file: Path
) -> None:
    pushed(operator, file, {**MENU, "conditionalmenu": [MEMBERS]})
    save(file, MENU)
    same = operator.types("menu", "diff", str(file))
    assert same.exit_code == 0
    assert "个性化菜单" in same.stderr
    assert "个性化菜单" in pushed(operator, file, {"button": [button("新的")]})
    assert names(side) == ["会员"]


def test_an_empty_list_deletes_them(operator: Operator, side: Side, file: Path) -> None:
    pushed(operator, file, {**MENU, "conditionalmenu": [MEMBERS]})
    pushed(operator, file, {**MENU, "conditionalmenu": []})
    assert names(side) == []


def test_what_wechat_adds_to_a_rule_is_no_difference(
    operator: Operator, side: Side, file: Path
) -> None:
    side.world.menu = MENU
    rule = {"group_id": 2, "client_platform_type": 1, "country": "", "city": ""}
    side.world.conditional_menus = [{**MEMBERS, "matchrule": rule, "menuid": 208396938}]
    save(file, {**MENU, "conditionalmenu": [personal("会员", tag_id="2", client_platform_type=1)]})
    assert operator.types("menu", "diff", str(file)).exit_code == 0


@pytest.mark.parametrize(
    ("menu", "problem"),
    [
        (personal("a", sex="1", tag_id="2"), "no sex any more"),
        (personal("a", tag="2"), "no 'tag'"),
        (personal("a", tag_id="vip"), "is a number"),
        (personal("a", client_platform_type="4"), "1 (iOS)"),
        (personal("a"), "without one it is the menu of all"),
        ({"button": [button("a")]}, "and nothing else"),
        ({**MEMBERS, "name": "a"}, "and nothing else"),
        ({**MEMBERS, "button": [button("六个汉字太长")]}, "menu 1 of conditionalmenu: '六个"),
        ("会员", "and nothing else"),
    ],
)
def test_one_that_wechat_would_refuse_never_leaves(
    operator: Operator, side: Side, file: Path, menu: object, problem: str
) -> None:
    save(file, {**MENU, "conditionalmenu": [menu]})
    result = operator.types("menu", "push", str(file), "--yes")
    assert result.exit_code == 1
    assert problem in result.stderr
    assert side.world.calls == []


@pytest.mark.parametrize(
    "name",
    ["家\u3000庭", "a\u00a0b", "\U0001f469\u200d\U0001f4bb", "\U0001fae9", "\U0001f1e8\U0001f1f3"],
)
def test_names_with_joined_and_new_emoji_and_wide_spaces_are_taken_and_shown(
    operator: Operator, side: Side, file: Path, name: str
) -> None:
    assert name in pushed(operator, file, {"button": [button(name)]})
    assert side.world.menu == {"button": [button(name)]}
    assert yaml.safe_load(operator.types("menu", "show").stdout) == {"button": [button(name)]}
