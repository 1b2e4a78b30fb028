"""The callback: who is signed in, and what is stored."""

import pytest

from tests.door import Door
from tests.oauth.visitor import MING, is_page
from tests.visitors import SITE, Browser, People, Person
from tests.wechat_api import json_answer


class TestTheWayBack:
    def test_a_visitor_is_signed_in_and_gets_where_they_wanted(
        self, browser: Browser, people: People
    ) -> None:
        back = browser.sign_in(people, MING, "/oauth/authorize?next=%2Fshop%3Fa%3D1%23top")
        assert (back.status, back.location) == (302, f"{SITE}/shop?a=1#top")
        assert back.headers["Cache-Control"] == "no-store"
        assert back.headers["Referrer-Policy"] == "no-referrer"
        (session,) = back.set_cookies
        assert session.startswith("__Host-session=")
        assert "; Max-Age=604800; Path=/; Secure; HttpOnly; SameSite=Lax" in session
        assert "小明" in browser.get("/me").body

    def test_their_profile_is_stored(self, browser: Browser, people: People, door: Door) -> None:
        browser.sign_in(people, MING)
        profile = door.profiles.get(MING.openid)
        assert profile is not None
        assert profile.nickname == "小明"
        assert profile.privilege == ("chinaunicom",)
        assert profile.scope == "snsapi_userinfo"
        assert profile.created == profile.updated == door.clock.now

    def test_no_token_of_theirs_is_stored_as_it_is(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        browser.sign_in(people, MING)
        stored = repr(door.profile_table.items) + repr(door.table.items)
        assert people.secrets
        assert not [secret for secret in people.secrets if secret in stored]

    def test_scope_base_asks_for_no_profile(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        known = Person(MING.openid, scope="snsapi_base")
        back = browser.sign_in(people, known, "/oauth/authorize?scope=base&next=/shop")
        assert back.location == f"{SITE}/shop"
        assert people.calls == ["/sns/oauth2/access_token"]
        profile = door.profiles.get(MING.openid)
        assert profile is not None
        assert (profile.scope, profile.nickname) == ("snsapi_base", "")

    def test_who_refuses_is_told_so_and_nothing_is_stored(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        sent = browser.get("/oauth/authorize?next=/shop&scope=base")
        page = browser.get(browser.refuses(sent))
        assert is_page(page, 200, "您没有授权")
        assert f'href="{SITE}/oauth/authorize?next=%2Fshop&amp;scope=base"' in page.body
        assert not people.calls
        assert not door.profile_table.items
        assert not door.table.items

    def test_a_snapshot_user_is_nobody(self, browser: Browser, people: People, door: Door) -> None:
        page = browser.sign_in(people, Person("oVIRTUAL", is_snapshot=True))
        assert is_page(page, 200, "请使用完整服务")
        assert not door.profile_table.items
        assert "__Host-session" not in browser.cookies

    def test_who_granted_less_than_was_asked_is_told_so_and_nothing_is_stored(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        page = browser.sign_in(people, Person(MING.openid, scope="snsapi_base"))
        assert is_page(page, 200, "没有拿到您的资料")
        assert people.calls == ["/sns/oauth2/access_token"]
        assert not door.profile_table.items
        assert "__Host-session" not in browser.cookies

    @pytest.mark.parametrize("errcode", [40125, 40001])
    def test_a_secret_that_was_just_changed_is_read_again(
        self, browser: Browser, people: People, door: Door, errcode: int
    ) -> None:
        browser.sign_in(people, MING)
        door.clock.sleep(60)
        refusal = json_answer(errcode=errcode, errmsg="invalid appsecret")
        people.answers["/sns/oauth2/access_token"] = refusal
        door.wechat.parameters.put("app-secret", "second")
        page = browser.sign_in(people, MING)
        assert is_page(page, 502, "暂时无法登录")
        assert people.calls[-2:] == ["/sns/oauth2/access_token"] * 2


class TestTheCallbackTwice:
    def test_a_reload_gets_the_same_session_and_redirect(
        self, browser: Browser, people: People
    ) -> None:
        callback = browser.consents(people, MING, browser.get("/oauth/authorize?next=/shop"))
        first = browser.get(callback)
        second = browser.get(callback)
        assert second.location == first.location
        assert second.set_cookies == first.set_cookies
        assert people.calls == ["/sns/oauth2/access_token", "/sns/userinfo"]

    def test_two_minutes_later_it_is_over(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        callback = browser.consents(people, MING, browser.get("/oauth/authorize?next=/shop"))
        browser.get(callback)
        door.clock.sleep(121)
        page = browser.get(callback)
        assert is_page(page, 200, "授权已过期")
        assert not page.set_cookies
        assert len(people.calls) == 2

    @pytest.mark.parametrize(
        ("path", "errcode"),
        [("/sns/oauth2/access_token", 40125), ("/sns/userinfo", 48001)],
    )
    def test_what_wechat_refuses_until_somebody_acts_is_counted(
        self, browser: Browser, people: People, door: Door, path: str, errcode: int
    ) -> None:
        people.answers[path] = json_answer(errcode=errcode, errmsg="no")
        browser.sign_in(people, MING)
        assert door.counted("OperatorMustAct") == 1
        assert f'"errcode": {errcode}' in door.log_text

    @pytest.mark.parametrize("errcode", [40163, 42003, 40029, 42007])
    def test_a_code_that_was_spent_offers_to_start_again(
        self, browser: Browser, people: People, errcode: int
    ) -> None:
        people.answers["/sns/oauth2/access_token"] = json_answer(errcode=errcode, errmsg="no")
        page = browser.sign_in(people, MING, "/oauth/authorize?next=/shop&scope=userinfo")
        assert is_page(page, 200, "授权已过期")
        assert "/oauth/authorize?next=%2Fshop&amp;scope=userinfo" in page.body
