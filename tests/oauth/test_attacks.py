"""What an attacker cannot do with web authorization, and what nobody can read."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.door import Door
from tests.oauth.visitor import MING, is_page
from tests.visitors import SITE, Browser, People, Person
from tests.wechat_api import json_answer


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
