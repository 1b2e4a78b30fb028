"""A task is a handler that no push starts; one that cannot work is refused at once."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.delivery.jobs import Job
from chalicelib.delivery.starting import lanes
from chalicelib.ports import Unavailable
from chalicelib.router import Context, RouteError, Router, Routes
from chalicelib.router.task import StartError, Task
from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.messages import TextMessage
from simulator import pushes
from tests.conftest import OpenDoor
from tests.door import Door


def greet(ctx: Context, openid: str, day: str = "today") -> None:
    """A handler for tests that are about its task."""


class TestRefused:
    """Each message says where the task is and what to write instead."""

    @staticmethod
    def refusal(handler: Any, name: Any = "greet") -> str:
        with pytest.raises(RouteError) as raised:
            Router("r").task(name)(handler)
        return str(raised.value)

    def test_one_that_is_no_plain_function(self) -> None:
        async def late(ctx: Context) -> None: ...

        assert "write def, not async def" in self.refusal(late)
        assert 'write @router.task("greet") above a def' in self.refusal(print)

    def test_one_that_returns_something(self) -> None:
        def speak(ctx: Context) -> str:
            return "hello"

        def speak_on(ctx: Context) -> Iterator[str]:
            yield "hello"

        for handler in (speak, speak_on):
            refusal = self.refusal(handler)
            assert __file__ in refusal
            assert "ctx.send" in refusal

    def test_one_without_a_context(self) -> None:
        def bare() -> None: ...

        def careless(openid: str) -> None: ...

        assert "write def bare(ctx: Context, …)" in self.refusal(bare)
        assert "write def careless(ctx: Context, …)" in self.refusal(careless)

    def test_one_without_a_name(self) -> None:
        assert 'write @router.task("digest")' in self.refusal(greet, greet)

    def test_one_whose_name_is_taken(self) -> None:
        router = Router("r")
        router.task("greet")(greet)

        @router.on(TextMessage)
        def again(message: TextMessage, ctx: Context) -> None: ...

        router.task("again")(greet)
        with pytest.raises(RouteError, match="rename one"):
            Routes(router)

    def test_one_that_comes_after_its_routes(self) -> None:
        router = Router("r")
        Routes(router)
        with pytest.raises(RouteError, match="is in Routes already"):
            router.task("greet")(greet)


class TestArguments:
    TASK = Task("r.greet", greet)

    def test_they_are_json(self) -> None:
        assert self.TASK.arguments(["o\ud800", {"a": [1, None]}]) == '["o\\ud800",{"a":[1,null]}]'

    @pytest.mark.parametrize(
        "given", [[object()], [{1: "a"}], [("a",)], [float("nan")], ["a", "b", "c"], []]
    )
    def test_anything_else_cannot_start_a_task(self, given: list[Any]) -> None:
        with pytest.raises(StartError, match=r"r\.greet takes"):
            self.TASK.arguments(given)

    def test_large_ones_belong_elsewhere(self) -> None:
        with pytest.raises(StartError, match="pass a key"):
            self.TASK.arguments(["o" * 20_000])


class TestStarting:
    """A task becomes a job of the long queue, and its digest keeps it from coming twice."""

    @pytest.fixture
    def door(self, open_door: OpenDoor) -> Door:
        router = Router("r")
        router.task("greet")(greet)

        @router.on(TextMessage, content=re.compile("greet .*"))
        def ask(message: TextMessage, ctx: Context) -> None:
            ctx.start("r.greet", "oBob")
            ctx.start_each("r.greet", ["oCarol", "oDave"], "tomorrow")

        return open_door(Mode.PLAINTEXT, Routes(router))

    @staticmethod
    def jobs(door: Door) -> list[Job]:
        return [Job.read(each["body"]) for each in door.long_queue.waiting()]

    def test_a_handler_starts_them_once_under_the_identity_of_its_push(self, door: Door) -> None:
        push = pushes.text("greet all")
        door.push(push)
        door.push(push)
        jobs = self.jobs(door)
        assert [(job.route, job.task) for job in jobs] == [
            ("r.greet", '["oBob"]'),
            ("r.greet", '["oCarol","tomorrow"]'),
            ("r.greet", '["oDave","tomorrow"]'),
        ]
        assert len(door.queue) == 0

    def test_another_identity_or_argument_makes_another_task(self, door: Door) -> None:
        for identity in ("monday", "monday", "tuesday"):
            door.starting.start("r.greet", [["oBob"], ["oCarol"], ["oBob"]], identity)
        assert len(self.jobs(door)) == 4

    def test_ten_go_in_one_request_and_what_is_not_taken_goes_again(self, door: Door) -> None:
        door.long_queue.not_taken = 13
        door.starting.start("r.greet", ([str(number)] for number in range(25)), "monday")
        assert sorted(json.loads(job.task) for job in self.jobs(door)) == sorted(
            [str(number)] for number in range(25)
        )
        assert door.long_queue.sends == 5

    def test_a_queue_that_takes_nothing_is_unavailable(self, door: Door) -> None:
        door.long_queue.not_taken = 100
        with pytest.raises(Unavailable):
            door.starting.start("r.greet", [["oBob"]], "monday")

    def test_at_most_half_of_the_long_worker_does_tasks(self, door: Door) -> None:
        assert [lanes(at_once) for at_once in (2, 3, 5, 10)] == [1, 1, 2, 5]
        door.starting.start("r.greet", ([str(number)] for number in range(50)), "monday")
        assert {each["group"] for each in door.long_queue.waiting()} == {"tasks-0", "tasks-1"}

    def test_a_task_that_is_none_is_refused(self, door: Door) -> None:
        with pytest.raises(StartError, match=r"<router>\.<name>"):
            door.starting.start("greet", [["oBob"]], "monday")
