"""When the simulated API takes a customer service message, under both rules of allowances."""

import pytest

from simulator import pushes
from simulator.events import USER
from simulator.platform.allowances import AllowanceRule
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


TAPS = [
    pushes.follow(),
    pushes.scan("1"),
    pushes.click("K"),
    pushes.event("scancode_push"),
    pushes.event("scancode_waitmsg"),
    pushes.text("满意").with_fields(bizmsgmenuid="101"),
]


@pytest.mark.parametrize("push", TAPS, ids=lambda push: push.fields.get("Event", "msgmenu"))
def test_a_tap_opens_a_window_for_three_within_a_minute(wechat: Setting, push: Push) -> None:
    wechat.side.world.arrived(push)
    for _ in range(3):
        wechat.send("hi")
    assert refused(wechat) == 45047
    wechat.clock.now += 60
    assert refused(wechat) == 45015


@pytest.mark.parametrize("push", TAPS, ids=lambda push: push.fields.get("Event", "msgmenu"))
def test_a_tap_takes_nothing_from_an_open_conversation(wechat: Setting, push: Push) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.side.world.arrived(push)
    for _ in range(3):
        wechat.send("hi")
    wechat.clock.now += 61
    for _ in range(5):
        wechat.send("hi")
    assert refused(wechat) == 45047


def test_what_a_tap_leaves_unused_is_lost_after_its_minute(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.click("K"))
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.send("hi")
    wechat.clock.now += 61
    for _ in range(5):
        wechat.send("hi")
    assert refused(wechat) == 45047


def test_following_scanning_and_a_tap_allow_three_each(wechat: Setting) -> None:
    for push in (pushes.follow(), pushes.scan("1"), pushes.click("K")):
        wechat.side.world.arrived(push)
    for _ in range(9):
        wechat.send("hi")
    assert refused(wechat) == 45047


@pytest.mark.parametrize("push", [pushes.text("hi"), pushes.click("K")], ids=["message", "tap"])
def test_doing_it_again_sets_the_count_back_or_adds_to_it(
    wechat: Setting, rule: AllowanceRule, push: Push
) -> None:
    wechat.side.world.arrived(push)
    at_once = len(sent_until_refused(wechat))
    wechat.side.world.arrived(push)
    wechat.send("hi")
    wechat.side.world.arrived(push)
    again = len(sent_until_refused(wechat))
    assert again == (at_once if rule is AllowanceRule.SET_BACK else 2 * at_once - 1)


def sent_until_refused(wechat: Setting) -> list[object]:
    before = len(wechat.said)
    while wechat.side.world.allowances(USER)[-1].left:
        wechat.send("hi")
    assert refused(wechat) == 45047
    return wechat.said[before:]


def test_what_a_second_message_allows_outlives_what_the_first_did(wechat: Setting) -> None:
    wechat.side.world.arrived(pushes.text("hi"))
    wechat.clock.now += DAY
    wechat.side.world.arrived(pushes.text("again"))
    wechat.clock.now += DAY + 1
    for _ in range(5):
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
