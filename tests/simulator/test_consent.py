"""Web authorization in the simulator: what a visitor sees."""

import httpx
import pytest

from simulator import faults
from simulator.events import USER
from simulator.platform.profiles import Profile
from tests.simulator.commands import ACCOUNT
from tests.simulator.visits import BASE, CALLBACK, USERINFO, Setting, link, linked


def test_base_scope_comes_back_with_a_code_at_once(wechat: Setting) -> None:
    answer = wechat.open(link(scope=BASE))
    assert answer.status_code == 302
    there = httpx.URL(answer.headers["location"])
    assert str(there.copy_with(query=None)) == CALLBACK
    assert list(there.params) == ["code", "state"]
    assert wechat.exchange(there.params["code"])["openid"] == USER


def test_userinfo_scope_asks_the_visitor_first(wechat: Setting) -> None:
    answer = wechat.open(link(forcePopup="true"))
    assert answer.status_code == 200
    for words in (ACCOUNT.original_id, "小明", "昵称、头像", "允许", "拒绝", "以快照身份"):
        assert words in answer.text


def test_a_visitor_who_allows_it_comes_back_with_a_code_and_the_state(wechat: Setting) -> None:
    state = "aZ9" * 42 + "xy"
    there = wechat.choose("allow", state=state)
    assert str(there).startswith(f"{CALLBACK}?")
    assert there.params["state"] == state
    assert wechat.exchange(there.params["code"])["scope"] == USERINFO


@pytest.mark.parametrize("choice", ["refuse", "nonsense", ""])
def test_a_visitor_who_refuses_comes_back_with_the_state_only(wechat: Setting, choice: str) -> None:
    assert wechat.choose(choice) == httpx.URL(f"{CALLBACK}?state=s1")


def test_the_callbacks_own_query_stays(wechat: Setting) -> None:
    answer = wechat.open(link(scope=BASE, redirect_uri=f"{CALLBACK}?next=%2Fme"))
    there = httpx.URL(answer.headers["location"])
    assert (list(there.params), there.params["next"]) == (["next", "code", "state"], "/me")


def test_a_cookie_says_which_user_visits(wechat: Setting) -> None:
    wechat.side.world.profiles["oAlice"] = Profile("爱丽丝")
    wechat.browser.cookies.set("wechat_user", "oAlice")
    assert "爱丽丝" in wechat.open(link()).text
    tokens = wechat.exchange(wechat.code())
    assert tokens["openid"] == "oAlice"
    assert wechat.userinfo(tokens)["nickname"] == "爱丽丝"


def test_markup_in_a_nickname_is_escaped(wechat: Setting) -> None:
    wechat.side.world.profiles[USER] = Profile("<script>alert(1)</script>\ud83d")
    shown = wechat.open(link())
    assert "<script" not in shown.text
    assert "&lt;script&gt;" in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("changes", "errcode"),
    [
        ({"appid": "wx0"}, 10012),
        ({"appid": ""}, 10012),
        ({"redirect_uri": "http://evil.example/"}, 10003),
        ({"redirect_uri": "http://127.0.0.1:2/oauth/callback"}, 10003),
        ({"redirect_uri": "http://127.0.0.1:1@evil.example/"}, 10003),
        ({"redirect_uri": "http://evil.example@127.0.0.1:1/"}, 10003),
        ({"redirect_uri": "http://127.0.0.1:1\\@evil.example/"}, 10003),
        ({"redirect_uri": "//evil.example/"}, 10003),
        ({"redirect_uri": "/oauth/callback"}, 10003),
        ({"redirect_uri": "javascript:alert(1)"}, 10003),
        ({"redirect_uri": ""}, 10003),
        ({"redirect_uri": "https://127.0.0.1:1/oauth/callback"}, 10039),
        ({"scope": "snsapi_login"}, 10005),
        ({"scope": ""}, 10005),
        ({"state": "a" * 129}, 10013),
        ({"state": "a-b"}, 10013),
        ({"state": "é"}, 10013),
        ({"state": ""}, 10013),
    ],
)
def test_a_bad_link_leads_to_a_page_that_names_the_error(
    wechat: Setting, changes: dict[str, str], errcode: int
) -> None:
    opened = wechat.open(link(**changes))
    chosen = wechat.browser.post(link(**changes), data={"choice": "allow"})
    for answer in (opened, chosen):
        assert answer.status_code == 200
        assert f"错误码：{errcode}" in answer.text


ASKED = {
    "appid": ACCOUNT.app_id,
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": USERINFO,
    "state": "s1",
}


@pytest.mark.parametrize(
    "url",
    [
        linked(dict(reversed(ASKED.items()))),
        linked({"forcePopup": "true", **ASKED}),
        link(response_type="token"),
        link().replace("%2F", "/"),
        link().replace("%3A", ":"),
    ],
    ids=["order", "forcePopup first", "response_type", "slashes", "colons"],
)
def test_a_link_in_the_wrong_form_cannot_be_opened(wechat: Setting, url: str) -> None:
    answer = wechat.open(url)
    assert "该链接无法访问" in answer.text
    assert "redirect_uri" in answer.text


def test_too_many_visits_can_be_simulated(wechat: Setting) -> None:
    wechat.side.world.faults.turn_on(faults.AUTHORIZE_TOO_OFTEN)
    assert "错误码：10009" in wechat.open(link(scope=BASE)).text
