"""When WeChat, a table or a secret fails, a visitor sees a page and nothing is half stored."""

import json

import pytest

from chalicelib.ports import Unavailable
from chalicelib.wechat.api_responses import ApiResponse
from tests.door import Door
from tests.oauth.visitor import MING, is_page
from tests.visitors import Browser, People
from tests.wechat_api import json_answer


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

    def test_a_result_that_comes_late_does_not_replace_the_first(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        def another_request_is_quicker() -> None:
            (key,) = door.table.items
            first = {"result": json.dumps(["snapshot", "", 0.0]), "settled": door.clock.now}
            door.table.items[key] = {**door.table.items[key], **first}

        people.meanwhile("/sns/userinfo", another_request_is_quicker)
        callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
        browser.get(callback)
        assert browser.get(callback).status == 200

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


def test_the_app_secret_out_of_reach_is_a_page(
    browser: Browser, people: People, door: Door
) -> None:
    door.wechat.parameters.available = False
    with pytest.raises(Unavailable):
        door.oauth_api.app_id()
    assert is_page(browser.get("/me"), 502, "暂时无法访问")


def test_a_missing_app_secret_is_a_page_and_the_log_has_the_command(
    browser: Browser, people: People, door: Door
) -> None:
    door.wechat.parameters.remove("app-secret")
    assert is_page(browser.get("/me"), 502, "暂时无法访问")
    assert any("secrets set app-secret" in line.get("reason", "") for line in door.log)
