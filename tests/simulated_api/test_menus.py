"""Menus: the one of all users, and those of some."""

from typing import Any

import pytest

from chalicelib.wechat.errors import ApiError
from simulator.events import USER
from tests.simulated_api.setting import Setting, refusal

CREATE, ADD = "/cgi-bin/menu/create", "/cgi-bin/menu/addconditional"
MATCH = "/cgi-bin/menu/trymatch"
CONTACT = {"type": "click", "name": "客服", "key": "CONTACT"}
MEMBER = {"type": "click", "name": "会员", "key": "MEMBER"}
ANDROID = {"client_platform_type": "2"}


def seen(played: Setting, openid: str = USER) -> list[str]:
    """The names of the buttons that a user sees."""
    buttons = played.api.call("POST", MATCH, body={"user_id": openid})["button"]
    return [each["name"] for each in buttons]


def test_a_menu_is_made_read_and_deleted(played: Setting) -> None:
    played.api.create_menu([CONTACT])
    assert played.api.get_menu()["menu"] == {"button": [CONTACT]}
    played.api.delete_menu()
    with pytest.raises(ApiError) as raised:
        played.api.get_menu()
    assert raised.value.errcode == 46003


def test_a_user_sees_the_newest_menu_that_fits_them(played: Setting) -> None:
    other = played.api.followers().openids[1]
    played.api.create_menu([CONTACT])
    tag = played.api.call("POST", "/cgi-bin/tags/create", body={"tag": {"name": "会员"}})["tag"]
    body = {"tagid": tag["id"], "openid_list": [USER]}
    played.api.call("POST", "/cgi-bin/tags/members/batchtagging", body=body)
    android = {**CONTACT, "name": "安卓"}
    played.api.call("POST", ADD, body={"button": [android], "matchrule": ANDROID})
    rule = {"tag_id": str(tag["id"])}
    menuid = played.api.call("POST", ADD, body={"button": [MEMBER], "matchrule": rule})["menuid"]
    assert (seen(played), seen(played, other)) == (["会员"], ["安卓"])
    ios = {"button": [CONTACT], "matchrule": {"client_platform_type": "1"}}
    played.api.call("POST", ADD, body=ios)
    played.api.call("POST", "/cgi-bin/menu/delconditional", body={"menuid": menuid})
    assert seen(played) == ["安卓"]


def test_the_current_menu_lists_what_is_below_a_button(played: Setting) -> None:
    current = "/cgi-bin/get_current_selfmenu_info"
    played.api.delete_menu()
    assert played.api.call("GET", current)["is_menu_open"] == 0
    played.api.create_menu([{"name": "更多", "sub_button": [CONTACT]}])
    (button,) = played.api.call("GET", current)["selfmenu_info"]["button"]
    assert button == {"name": "更多", "sub_button": {"list": [CONTACT]}}


@pytest.mark.parametrize(
    ("buttons", "errcode"),
    [
        ([], 40016),
        ([CONTACT] * 4, 40016),
        (["客服"], 40018),
        ([{**CONTACT, "name": "六个字的按钮"}], 40018),
        ([{**CONTACT, "type": "tap"}], 40017),
        ([{**CONTACT, "key": ""}], 40019),
        ([{**CONTACT, "key": "K" * 129}], 40019),
        ([{"type": "view", "name": "官网"}], 40020),
        ([{"type": "miniprogram", "name": "商城", "url": "https://example.com/"}], 47003),
        ([{"type": "media_id", "name": "海报"}], 40007),
        ([{"name": "更多", "sub_button": [CONTACT] * 6}], 40023),
        ([{"name": "更多", "sub_button": [{**CONTACT, "name": "长" * 21}]}], 40025),
    ],
    ids=str,
)
def test_a_menu_that_wechat_refuses_is_refused(
    untouched: Setting, buttons: list[Any], errcode: int
) -> None:
    assert refusal(untouched, CREATE, {"button": buttons}) == errcode


def test_a_menu_for_some_needs_one_for_all_and_a_rule_that_wechat_knows(played: Setting) -> None:
    played.api.delete_menu()
    assert refusal(played, ADD, {"button": [CONTACT], "matchrule": ANDROID}) == 65303
    assert refusal(played, MATCH, {"user_id": USER}) == 46003
    played.api.create_menu([CONTACT])
    for rule, errcode in [({}, 65304), ({"colour": "red"}, 65304), ({"sex": "1"}, 65320)]:
        assert refusal(played, ADD, {"button": [CONTACT], "matchrule": rule}) == errcode
    assert refusal(played, "/cgi-bin/menu/delconditional", {"menuid": "1"}) == 65301
    assert refusal(played, MATCH, {"user_id": "oNobody"}) == 65302
