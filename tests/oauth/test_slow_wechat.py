"""How long visitors hold a process that also answers pushes, when WeChat is slow or hangs."""

import time
from collections.abc import Iterator

import pytest

from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.calling import OAUTH_TIMEOUTS
from tests.contract.servers import Behaviour, Loopback
from tests.door import Door
from tests.oauth.visitor import MING, is_page
from tests.visitors import Browser, People

EXCHANGE = "/sns/oauth2/access_token"
USERINFO = "/sns/userinfo"


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    made = Loopback()
    yield made
    made.close()


def hang(people: People, door: Door, path: str, server: Loopback) -> None:
    """From now on a real server answers nothing at `path`; the door's clock shows how long."""
    server.behaviour = Behaviour.IS_SLOW

    def hangs() -> None:
        began = time.monotonic()
        try:
            HttpTransport(server.url, OAUTH_TIMEOUTS).request("GET", path, {})
        finally:
            door.clock.sleep(time.monotonic() - began)

    people.meanwhile(path, hangs)


class TestWeChatHangs:
    @pytest.mark.parametrize("path", [EXCHANGE, USERINFO])
    def test_a_visitor_holds_a_process_for_less_than_five_seconds(
        self, browser: Browser, people: People, door: Door, loopback: Loopback, path: str
    ) -> None:
        hang(people, door, path, loopback)
        began = door.clock.now
        assert is_page(browser.sign_in(people, MING), 502, "暂时无法登录")
        assert 2.5 < door.clock.now - began < 4.5

    def test_the_next_one_is_told_at_once_and_may_try_again_after_a_rest(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
        people.meanwhile(EXCHANGE, lambda: door.clock.sleep(3))
        Browser().sign_in(people, MING)
        people.calls.clear()
        began = door.clock.now
        assert is_page(browser.get(callback), 502, "暂时无法登录")
        assert (door.clock.now, people.calls) == (began, [])
        door.clock.sleep(5)
        browser.get(callback)
        assert people.calls == [EXCHANGE]

    def test_no_second_call_follows_one_that_took_long(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        people.meanwhile(EXCHANGE, lambda: door.clock.sleep(2.6))
        assert is_page(browser.sign_in(people, MING), 502, "暂时无法登录")
        assert people.calls == [EXCHANGE]
        assert not door.profile_table.items

    def test_no_visitor_follows_one_whose_profile_took_long(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        people.meanwhile(USERINFO, lambda: door.clock.sleep(2.6))
        browser.sign_in(people, MING)
        people.calls.clear()
        assert is_page(Browser().sign_in(people, MING), 502, "暂时无法登录")
        assert people.calls == []

    def test_a_slow_answer_is_good_enough(
        self, browser: Browser, people: People, door: Door
    ) -> None:
        people.meanwhile(EXCHANGE, lambda: door.clock.sleep(1.2))
        people.meanwhile(USERINFO, lambda: door.clock.sleep(1.2))
        assert browser.sign_in(people, MING).status == 302
        assert browser.sign_in(people, MING).status == 302


def test_a_request_whose_first_one_died_waits_until_that_would_have_ended_and_no_reload_does(
    browser: Browser, people: People, door: Door
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    people.meanwhile(EXCHANGE, die)
    callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
    with pytest.raises(KeyboardInterrupt):
        browser.get(callback)
    began = door.clock.now
    door.clock.sleep(3)
    assert is_page(browser.get(callback), 502, "暂时无法登录")
    assert 8 <= door.clock.now - began < 8.5
    ended = door.clock.now
    assert is_page(browser.get(callback), 502, "暂时无法登录")
    assert door.clock.now == ended
