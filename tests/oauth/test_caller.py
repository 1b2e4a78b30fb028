"""What calls WeChat for the door is a function of its own, which may be cold, or out of reach."""

from collections.abc import Callable

import pytest

from chalicelib.bootstrap import SIGN_IN_SECONDS
from tests.door import Door
from tests.oauth.visitor import MING, is_page
from tests.visitors import Browser, People

COLD_START = 4.0
GATEWAY, LONGEST_INIT = 29, 10
"""Seconds for which the gateway waits, and for which Lambda lets a cold function initialise."""
EXCHANGE = "/sns/oauth2/access_token"


@pytest.mark.parametrize("call", range(3), ids=["waking", "exchange", "userinfo"])
def test_its_cold_start_is_not_taken_for_wechats_slowness(
    browser: Browser, people: People, door: Door, call: int
) -> None:
    """Lambda starts one more instance at whichever call finds all others at work."""
    callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
    began = door.clock.now
    warm: list[Callable[[], None]] = [lambda: None] * call
    door.wechat.caller.first += [*warm, lambda: door.clock.sleep(COLD_START)]
    assert browser.get(callback).status == 302
    assert door.clock.now - began == COLD_START
    assert browser.sign_in(people, MING).status == 302


def test_the_longest_sign_in_that_succeeds_ends_before_the_gateway_gives_up(
    browser: Browser, people: People, door: Door
) -> None:
    callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
    began = door.clock.now
    door.wechat.caller.first += [lambda: door.clock.sleep(SIGN_IN_SECONDS)] * 3
    assert browser.get(callback).status == 302
    assert LONGEST_INIT + door.clock.now - began < GATEWAY


def test_while_it_is_out_of_reach_no_code_is_used_up(
    browser: Browser, people: People, door: Door
) -> None:
    callback = browser.consents(people, MING, browser.get("/oauth/authorize"))
    door.wechat.caller.available = False
    assert is_page(browser.get(callback), 502, "暂时无法访问")
    assert people.calls == []
    door.wechat.caller.available = True
    assert browser.get(callback).status == 302


def test_a_process_that_waited_for_it_in_vain_rests(
    browser: Browser, people: People, door: Door
) -> None:
    callback = browser.consents(people, MING, browser.get("/oauth/authorize"))

    def hangs() -> None:
        door.clock.sleep(6)
        door.wechat.caller.available = False

    door.wechat.caller.first.append(hangs)
    browser.get(callback)
    door.wechat.caller.available = True
    assert is_page(browser.get(callback), 502, "暂时无法登录")
    assert door.wechat.caller.asked[-1]["call"] == "app_id"
    assert people.calls == []
    door.clock.sleep(5)
    assert browser.get(callback).status == 302


def test_the_log_of_the_door_holds_neither_code_nor_token(
    browser: Browser, people: People, door: Door
) -> None:
    browser.sign_in(people, MING)
    people.codes.clear()
    browser.sign_in(people, MING)
    assert people.secrets
    assert not [each for each in people.secrets if each in door.log_text]
