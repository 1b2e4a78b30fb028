"""A task is a handler that no push starts; one that cannot work is refused at once."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.router import Context, RouteError, Router, Routes
from chalicelib.router.task import StartError, Task
from chalicelib.wechat.messages import TextMessage


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
