"""A task is done once, tried as a job is, and answers nobody."""

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.router import Context, Router, Routes
from chalicelib.router.context import OutOfPlace
from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.errors import UserGone
from chalicelib.wechat.templates import TemplateMessage
from tests.conftest import OpenDoor
from tests.door import Door
from tests.fakes import Request
from tests.slow_routes import Killed
from tests.wechat_api import SEND, json_answer

TEMPLATE = "/cgi-bin/message/template/send"


@pytest.fixture
def ran() -> list[Any]:
    """What tasks did, in order."""
    return []


@pytest.fixture
def door(open_door: OpenDoor, ran: list[Any]) -> Door:
    door = open_door(Mode.PLAINTEXT)
    door.routes = routes(ran, door.clock.sleep)
    return door


def routes(ran: list[Any], sleep: Callable[[float], None]) -> Routes:  # noqa: C901 - many
    router = Router("t", apology="sorry")

    @router.task("note")
    def note(ctx: Context, what: Any) -> None:
        ran.append(what)

    @router.task("broken")
    def broken(ctx: Context) -> None:
        ran.append(ctx.identity)
        raise LookupError

    @router.task("speaking")
    def speaking(ctx: Context) -> None:
        ran.append("spoke")
        return "hello"  # type: ignore[return-value]

    @router.task("tell")
    def tell(ctx: Context, openid: str) -> None:
        ctx.api.send_template(openid, TemplateMessage("id", {}, client_msg_id=ctx.identity))

    @router.task("tell_kindly")
    def tell_kindly(ctx: Context, openid: str) -> None:
        try:
            tell(ctx, openid)
        except UserGone:
            ran.append(f"{openid} is gone")

    @router.task("everything")
    def everything(ctx: Context) -> None:
        ctx.send("oBob", "hello")
        ctx.start("t.note", "started")
        ran.append(ctx.secret("key"))
        for lookup in (lambda: ctx.profile, lambda: ctx.session):
            with pytest.raises(OutOfPlace, match=r"task"):
                lookup()

    @router.task("deadly")
    def deadly(ctx: Context, times: int) -> None:
        ran.append(ctx.identity)
        if len(ran) <= times:
            sleep(0.1)
            raise Killed

    return Routes(router)


def start(door: Door, name: str, *arguments: Any, identity: str = "monday") -> None:
    door.starting.start(f"t.{name}", [arguments], identity)


def outcomes(door: Door) -> list[str]:
    return [line["outcome"] for line in door.log if "outcome" in line]


def test_it_is_done_once_also_when_it_is_started_after_it_was_done(
    door: Door, ran: list[Any]
) -> None:
    for _ in range(3):
        start(door, "note", {"day": 1})
        door.work()
        door.clock.sleep(400)
    assert ran == [{"day": 1}]
    assert outcomes(door) == ["done", "started_before", "started_before"]


def test_it_may_use_what_a_slow_handler_may_but_has_no_user(door: Door, ran: list[Any]) -> None:
    door.parameters.put("own/key", "a secret")
    start(door, "everything")
    door.work()
    assert ran == ["a secret", "started"]
    assert [each["text"]["content"] for each in door.wechat.received("oBob")] == ["hello"]


def test_one_that_fails_is_tried_five_times_and_nobody_reads_an_apology(
    door: Door, ran: list[Any]
) -> None:
    start(door, "broken")
    door.work(120)
    assert len(ran) == 5
    assert len(set(ran)) == 1
    assert outcomes(door) == [*["failed"] * 4, "dead"]
    assert len(door.long_queue.dead) == 1
    assert door.wechat.requests(SEND) == []


def test_one_that_is_dead_is_not_started_again_but_can_be_redriven(
    door: Door, ran: list[Any]
) -> None:
    start(door, "broken")
    door.work(400)
    start(door, "broken")
    door.work()
    assert len(ran) == 5
    assert outcomes(door)[-1] == "started_before"
    door.long_queue.send(door.long_queue.dead.pop(), "tasks-0", "redriven")
    door.work()
    assert len(ran) == 6


def test_one_that_returns_something_is_done_once_and_told_off(door: Door, ran: list[Any]) -> None:
    start(door, "speaking")
    door.work(120)
    assert ran == ["spoke"]
    assert outcomes(door) == ["failed", "started_before"]
    assert "Returned" in door.log_text


def test_one_that_this_version_does_not_know_is_a_dead_letter(door: Door) -> None:
    start(door, "note", 1)
    door.routes = Routes(Router("t"))
    door.work(120)
    assert len(door.long_queue.dead) == 1


def test_one_whose_process_died_runs_again_under_the_same_identity(
    door: Door, ran: list[Any]
) -> None:
    start(door, "deadly", 1)
    with pytest.raises(Killed):
        door.work()
    door.work(120)
    assert len(ran) == 2
    assert len(set(ran)) == 1


def test_one_whose_process_dies_each_time_is_given_up(door: Door, ran: list[Any]) -> None:
    start(door, "deadly", 99)
    for _ in range(5):
        with pytest.raises(Killed):
            door.work(120)
    door.work(120)
    assert len(ran) == 5
    assert outcomes(door) == ["dead"]


def test_one_that_takes_too_long_is_ended_and_does_not_run_again(
    door: Door, ran: list[Any]
) -> None:
    router = Router("t")

    @router.task("endless")
    def endless(ctx: Context) -> None:
        ran.append("began")
        door.clock.sleep(3600)

    door.routes = Routes(router)
    start(door, "endless")
    door.work(120)
    assert ran == ["began"]
    assert outcomes(door) == ["dead"]
    assert "start several tasks that do less each" in door.log_text


@pytest.mark.parametrize("trouble", ["unconfirmed", "lost_writes"])
def test_a_table_that_fails_for_a_moment_makes_none_run_twice(
    door: Door, ran: list[Any], trouble: str
) -> None:
    router = Router("t")

    @router.task("note")
    def note(ctx: Context, what: int) -> None:
        ran.append(what)
        setattr(door.table, trouble, 2)

    door.routes = Routes(router)
    start(door, "note", 1)
    door.work(120)
    assert ran == [1]
    assert outcomes(door) == ["done"]


class TestRefusedByWeChat:
    @staticmethod
    def refuse(door: Door, errcode: int) -> None:
        door.wechat.answers[TEMPLATE] = json_answer(errcode=errcode, errmsg="no")

    @staticmethod
    def calls(door: Door) -> list[Request]:
        return door.wechat.requests(TEMPLATE)

    def test_a_call_that_is_refused_for_good_is_made_once(self, door: Door, ran: list[Any]) -> None:
        self.refuse(door, 43004)
        start(door, "tell", "oBob")
        start(door, "tell_kindly", "oBob")
        door.work(2000)
        assert len(self.calls(door)) == 2
        assert ran == ["oBob is gone"]
        assert len(door.long_queue.dead) == 1

    def test_too_many_calls_a_minute_are_waited_for(self, door: Door) -> None:
        self.refuse(door, 45011)
        start(door, "tell", "oBob")
        door.work(70)
        door.wechat.answers[TEMPLATE] = json_answer(errcode=0, msgid=1)
        door.work(400)
        assert outcomes(door)[-1] == "done"
        assert not door.long_queue.dead

    def test_a_used_up_quota_is_left_to_an_operator_for_twenty_minutes(self, door: Door) -> None:
        self.refuse(door, 45009)
        start(door, "tell", "oBob")
        door.work(20 * 60)
        assert len(self.calls(door)) == 4
        door.work(5 * 60)
        assert len(self.calls(door)) == 5
        assert len(door.long_queue.dead) == 1
