"""When a user sees that the simulated account is typing, and when WeChat refuses to show it."""

import pytest

from chalicelib.wechat.errors import ApiError
from simulator import faults, pushes
from simulator.events import USER
from simulator.pushes import Push
from tests.simulated_api.setting import Setting


def refused(wechat: Setting) -> int:
    """The errcode with which typing is refused."""
    with pytest.raises(ApiError) as raised:
        wechat.api.typing(USER)
    return raised.value.errcode


def test_it_is_seen_until_the_message_or_its_end(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.api.typing(USER)
    assert wechat.side.world.sees_typing(USER)
    wechat.send("hi")
    assert not wechat.side.world.sees_typing(USER)
    wechat.api.typing(USER)
    wechat.api.cancel_typing(USER)
    assert not wechat.side.world.sees_typing(USER)
    wechat.api.typing(USER)
    wechat.clock.now += 15
    assert not wechat.side.world.sees_typing(USER)


def test_it_is_refused_while_it_is_shown(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.api.typing(USER)
    wechat.clock.now += 14
    assert refused(wechat) == 45081
    wechat.clock.now += 1
    wechat.api.typing(USER)


@pytest.mark.parametrize("push", [pushes.text("hi"), pushes.click("K")], ids=["message", "tap"])
def test_it_is_refused_30_seconds_after_the_user_did_something(wechat: Setting, push: Push) -> None:
    wechat.side.world.arrived(push)
    wechat.clock.now += 30
    wechat.api.typing(USER)
    wechat.clock.now += 16
    assert refused(wechat) == 45080
    assert not wechat.side.world.sees_typing(USER)


def test_a_message_to_the_user_is_an_exchange_too(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.clock.now += 60
    wechat.send("hi")
    wechat.clock.now += 30
    wechat.api.typing(USER)


def test_opening_a_page_from_the_menu_is_none(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.view("https://example.com/"))
    assert refused(wechat) == 45080


def test_an_account_without_the_api_shows_none(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.side.world.faults.turn_on(faults.API_UNAUTHORIZED)
    assert refused(wechat) == 48001
