"""When the simulated API takes a customer service message, and when a user sees typing."""

import pytest

from simulator import pushes
from simulator.events import USER
from simulator.pushes import Push
from tests.simulated_api.setting import Setting, refused

DAY = 24 * 3600


def test_a_message_opens_a_window_for_five_within_48_hours(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.clock.now += 2 * DAY - 1
    for _ in range(5):
        wechat.send("hi")
    assert refused(wechat) == 45047
    wechat.side.world.arrived(pushes.text("again"))
    wechat.send("hi")
    wechat.clock.now += 2 * DAY
    assert refused(wechat) == 45015
    assert len(wechat.said) == 6


@pytest.mark.parametrize(
    "push",
    [
        pushes.follow(),
        pushes.scan("1"),
        pushes.click("K"),
        pushes.event("scancode_push"),
        pushes.event("scancode_waitmsg"),
    ],
    ids=lambda push: push.fields["Event"],
)
def test_a_tap_opens_a_window_for_three_within_a_minute(wechat: Setting, push: Push) -> None:
    wechat.side.world.arrived(push)
    for _ in range(3):
        wechat.send("hi")
    assert refused(wechat) == 45047
    wechat.clock.now += 60
    assert refused(wechat) == 45015


def test_a_tap_takes_nothing_from_the_window_of_a_message(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.side.world.arrived(pushes.click("K"))
    for _ in range(8):
        wechat.send("hi")
    assert refused(wechat) == 45047


def test_windows_are_each_users_own(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi").by("oAlice"))
    wechat.side.world.arrived(pushes.view("https://example.com/").by("oBob"))
    wechat.send("hi", "oAlice")
    assert refused(wechat, openid="oBob") == 45015
    assert refused(wechat, openid="oNobody") == 40003


def test_who_has_left_gets_nothing(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.side.world.arrived(pushes.unfollow())
    assert refused(wechat) == 43004
    assert not wechat.api.user_info(USER).subscribe


def test_typing_is_seen_until_the_message_or_its_end(wechat: Setting) -> None:
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
