"""Web authorization, by a browser at the door, with WeChat's side and the tables in memory."""

import json
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.ports import Unavailable
from chalicelib.wechat.api_responses import ApiResponse
from tests.conftest import OpenDoor
from tests.door import OPEN_URL, Door
from tests.visitors import SITE, Browser, Page, People, Person
from tests.wechat_api import json_answer

MING = Person("oMING-0123456789-0123456789")


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


@pytest.fixture
def people(door: Door) -> People:
    return People(door)


@pytest.fixture
def browser(door: Door) -> Browser:
    return Browser()


def is_page(page: Page, status: int, title: str) -> bool:
    return page.status == status and f"<title>{title}</title>" in page.body


class TestOnTheWayToWeChat:
    def test_everything_is_encoded_in_wechats_order(self, browser: Browser, door: Door) -> None:
        sent = browser.get("/oauth/authorize?next=%2Fme&scope=base&forcePopup=true")
        assert sent.status == 302
        address, fragment = sent.location.split("#")
        assert fragment == "wechat_redirect"
        assert address.startswith(
            f"{OPEN_URL}/connect/oauth2/authorize?appid=wx1"
            "&redirect_uri=https%3A%2F%2Fexample.com%2Fapi%2Foauth%2Fcallback"
            "&response_type=code&scope=snsapi_base&state="
        )
        assert address.endswith("&forcePopup=true")

    def test_the_state_is_random_letters_and_digits(self, browser: Browser) -> None:
        states = {
            dict(parse_qsl(urlsplit(browser.get("/oauth/authorize").location).query))["state"]
            for _ in range(3)
        }
        assert len(states) == 3
        assert all(state.isalnum() and 32 <= len(state) <= 128 for state in states)

    def test_without_a_scope_the_profile_is_asked_for(self, browser: Browser) -> None:
        location = browser.get("/oauth/authorize").location
        assert "scope=snsapi_userinfo&" in location
        assert "forcePopup" not in location

    def test_its_cookie_is_hidden_bound_to_the_host_and_short_lived(self, browser: Browser) -> None:
        (cookie,) = browser.get("/oauth/authorize").set_cookies
        assert cookie.startswith("__Host-state-")
        assert {each.strip() for each in cookie.split(";")[1:]} == {
            "Max-Age=600",
            "Path=/",
            "Secure",
            "HttpOnly",
            "SameSite=Lax",
        }

    def test_a_custom_domain_gives_its_own_address(self, door: Door) -> None:
        sent = Browser("https://wx.example.org").get("/oauth/authorize")
        assert "redirect_uri=https%3A%2F%2Fwx.example.org%2Foauth%2Fcallback&" in sent.location

    def test_a_slash_at_the_end_changes_no_address(self, browser: Browser) -> None:
        sent = browser.get("/oauth/authorize/?next=/shop")
        assert "redirect_uri=https%3A%2F%2Fexample.com%2Fapi%2Foauth%2Fcallback&" in sent.location

    def test_a_public_url_rules(self, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PUBLIC_URL", "https://public.example/v1/")
        sent = browser.get("/oauth/authorize")
        assert "redirect_uri=https%3A%2F%2Fpublic.example%2Fv1%2Foauth%2Fcallback&" in sent.location

    @pytest.mark.parametrize(
        "next_",
        [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "/shop\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "evil",
            "",
            "/%0d%0aSet-Cookie:x=y".replace("%0d%0a", "\r\n"),
            "/\tevil",
            "/ evil",
            "/\x00",
            "/你好",
            "/" + "a" * 2000,
        ],
    )
    def test_next_is_a_path_on_this_site_and_nothing_else(
        self, browser: Browser, next_: str
    ) -> None:
        refused = browser.ask("/oauth/authorize", next=next_)
        assert is_page(refused, 400, "链接无效")
        assert not refused.set_cookies

    def test_an_unknown_scope_is_refused(self, browser: Browser) -> None:
        assert is_page(browser.get("/oauth/authorize?scope=snsapi_login"), 400, "链接无效")


class TestTheWayBack:
    def test_a_visitor_is_signed_in_and_gets_where_he_wanted(
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

    def test_his_profile_is_stored(self, browser: Browser, people: People, door: Door) -> None:
        browser.sign_in(people, MING)
        profile = door.profiles.get(MING.openid)
        assert profile is not None
        assert profile.nickname == "小明"
        assert profile.privilege == ("chinaunicom",)
        assert profile.scope == "snsapi_userinfo"
        assert profile.created == profile.updated == door.clock.now

    def test_no_token_of_his_is_stored_as_it_is(
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


class TestTrouble:
    def test_a_result_that_cannot_be_kept_signs_in_and_a_reload_has_to_try_again(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        people.meanwhile("/sns/userinfo", lambda: setattr(door.table, "available", False))
        callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
        assert browser.get(callback).status == 302
        door.table.available = True
        assert is_page(browser.get(callback), 502, "暂时无法登录")
        assert people.calls.count("/sns/oauth2/access_token") == 1

    def test_who_is_forgotten_meanwhile_stays_a_stranger(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        def forgotten() -> None:
            door.clock.sleep(1)
            door.profiles.forget(MING.openid, door.clock.now)
            door.clock.sleep(1)

        people.meanwhile("/sns/userinfo", forgotten)
        browser.sign_in(people, MING)
        assert browser.visits(door) is None
        assert "nickname" not in door.profile_table.items[MING.openid]

    @pytest.mark.parametrize("path", ["/sns/oauth2/access_token", "/sns/userinfo"])
    @pytest.mark.parametrize(
        "answer",
        [
            json_answer(errcode=-1, errmsg="busy"),
            ApiResponse(503, "text/html", b""),
            ApiResponse(200, "text/plain", b"<html>"),
            ApiResponse(200, "text/plain", json.dumps({"unexpected": 1}).encode()),
        ],
        ids=["busy", "503", "html", "json"],
    )
    def test_wechat_down_is_a_page_and_nothing_half_stored(
        self, browser: Browser, people: People, door: Door, path: str, answer: ApiResponse
    ) -> None:
        people.answers[path] = answer
        page = browser.sign_in(people, MING)
        assert is_page(page, 502, "暂时无法登录")
        assert not door.profile_table.items
        assert "__Host-session" not in browser.cookies

    def test_one_call_at_most_is_made_for_a_state(self, browser: Browser, people: People) -> None:
        people.answers["/sns/oauth2/access_token"] = json_answer(errcode=-1, errmsg="busy")
        callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
        for _ in range(3):
            assert browser.get(callback).status == 502
        assert people.calls == ["/sns/oauth2/access_token"]

    def test_a_table_out_of_reach_is_a_page_before_wechat_is_called(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
        door.table.available = False
        assert is_page(browser.get(callback), 502, "暂时无法访问")
        assert not people.calls

    def test_a_profile_that_cannot_be_stored_signs_nobody_in(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        door.profile_table.available = False
        assert is_page(browser.sign_in(people, MING), 502, "暂时无法登录")
        assert "__Host-session" not in browser.cookies

    def test_without_its_key_the_site_says_it_is_down(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        door.parameters.remove("cookie-key")
        assert is_page(browser.get("/oauth/authorize"), 502, "暂时无法访问")
        assert any("cookie-key" in line.get("reason", "") for line in door.log)


class TestAttacks:
    def test_a_state_of_another_browser_is_refused(self, browser: Browser, people: People) -> None:
        callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
        assert is_page(Browser().get(callback), 403, "无法确认这次授权")
        assert not people.calls

    def test_the_cookie_of_another_state_or_purpose_is_refused(
        self, browser: Browser, people: People
    ) -> None:
        browser.sign_in(people, MING)
        session = browser.cookies["__Host-session"]
        other = dict(browser.cookies)
        callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
        (name,) = browser.cookies.keys() - other.keys()
        people.calls.clear()
        for cookie in (session, *other.values()):
            browser.cookies[name] = cookie
            assert browser.get(callback).status == 403
        assert not people.calls

    def test_a_cookie_that_was_altered_is_refused(self, browser: Browser, people: People) -> None:
        callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
        ((name, value),) = browser.cookies.items()
        browser.cookies[name] = value[:-2] + ("AA" if value[-2:] != "AA" else "BB")
        assert browser.get(callback).status == 403
        assert not people.calls

    def test_a_state_does_not_outlive_its_ten_minutes(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
        door.clock.sleep(601)
        assert browser.get(callback).status == 403
        assert not people.calls

    def test_a_state_is_good_for_one_code(self, browser: Browser, people: People) -> None:
        sent = browser.get("/oauth/authorize")
        browser.get(browser.consents(people, MING, sent))
        other = Person("oOTHER")
        again = browser.get(browser.consents(people, other, sent))
        assert again.location == f"{SITE}/me"
        assert "小明" in browser.get("/me").body
        assert people.calls.count("/sns/oauth2/access_token") == 1

    def test_two_tabs_do_not_disturb_each_other(self, browser: Browser, people: People) -> None:
        first = browser.get("/oauth/authorize?next=/first")
        second = browser.get("/oauth/authorize?next=/second")
        assert browser.get(browser.consents(people, MING, first)).location == f"{SITE}/first"
        assert browser.get(browser.consents(people, MING, second)).location == f"{SITE}/second"

    def test_who_begins_very_often_keeps_fewer_cookies_than_the_gateway_takes(
        self, browser: Browser, people: People
    ) -> None:
        for number in range(40):
            sent = browser.ask("/oauth/authorize", next=f"/{number}/" + "ab" * 490)
            assert sum(map(len, browser.cookies.values())) < 8000
        assert browser.get(browser.consents(people, MING, sent)).status == 302

    @pytest.mark.parametrize("state", ["", "x", "0" * 32, "你好"])
    def test_a_flood_without_a_state_of_ours_never_reaches_wechat(
        self, browser: Browser, people: People, door: Door, state: str
    ) -> None:
        browser.get("/oauth/authorize")
        reads = door.parameters.reads
        for number in range(20):
            page = browser.ask("/oauth/callback", code=f"{number:032}", state=state)
            assert page.status == 403
        assert not people.calls
        assert door.parameters.reads - reads <= 1
        assert not door.table.items

    @pytest.mark.parametrize(
        "code", ["x", "a b" * 10, "<script>" * 4, "a" * 2000, "../" * 10, "你" * 32]
    )
    def test_a_code_of_impossible_shape_is_refused(
        self, browser: Browser, people: People, code: str
    ) -> None:
        sent = browser.get("/oauth/authorize")
        state = dict(parse_qsl(urlsplit(sent.location).query))["state"]
        assert browser.ask("/oauth/callback", code=code, state=state).status == 403
        assert not people.calls

    def test_forged_session_cookies_ask_for_new_keys_once_in_ten_seconds(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        browser.get("/me")
        reads = door.parameters.reads
        for number in range(20):
            browser.cookies["__Host-session"] = f"forged-{number}"
            assert browser.get("/me").status == 302
        assert door.parameters.reads - reads <= 1


def test_nothing_secret_is_said_in_a_log_a_page_or_an_address(
    browser: Browser, people: People, door: Door
) -> None:
    door.wechat.parameters.put("app-secret", "the-secret-of-nobody")
    sent = browser.get("/oauth/authorize")
    callback = browser.consents(people, MING, sent)
    pages = [browser.get(callback), browser.get("/me"), browser.get(callback)]
    people.answers["/sns/userinfo"] = json_answer(errcode=-1, errmsg=f"busy {people.secrets[-1]}")
    pages.append(browser.sign_in(people, MING))
    pages.append(browser.ask("/oauth/callback", code=people.code(MING), state="wrong"))
    keys = [item.value for item in door.parameters.read(["cookie-key", "refresh-token-key"])]
    secrets = [*people.secrets, *keys, "the-secret-of-nobody", MING.openid]
    said = [door.log_text, sent.location]
    said += [page.body + page.location for page in pages]
    assert len(door.log) == 2
    assert not [secret for secret in secrets if any(secret in text for text in said)]


def test_the_app_secret_out_of_reach_is_a_page(
    browser: Browser, people: People, door: Door
) -> None:
    door.wechat.parameters.available = False
    with pytest.raises(Unavailable):
        door.oauth_api.app_id()
    assert is_page(browser.get("/me"), 502, "暂时无法访问")
