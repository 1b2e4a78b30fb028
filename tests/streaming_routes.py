"""Handlers that stream, take long, or take too long, in virtual seconds."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from chalicelib.router import Context, Router, Routes
from chalicelib.router.route import Interrupted
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Image, Reply, Text, TransferCustomerService
from tests.slow_routes import Killed

SENTENCE = "第{:02}句话有二十个字，正好是一秒钟。"
"""A model says one a second, one character at a time."""


def answer(sentences: int) -> str:
    return "".join(SENTENCE.format(number) for number in range(1, sentences + 1))


def routes(sleep: Callable[[float], None]) -> Routes:  # noqa: C901 - many, not complex
    """An account with handlers that pass the time by `sleep`."""
    router = Router("test", apology="sorry")
    runs: list[str] = []

    def tokens(text: str, ctx: Context) -> Iterator[str]:
        for character in text[len(ctx.said.text) :]:
            sleep(0.05)
            yield character

    @router.on(TextMessage, content="model", slow=True, stream=True)
    def model(message: TextMessage, ctx: Context) -> Iterator[str]:
        yield from tokens(answer(30), ctx)

    @router.on(TextMessage, content="novel", slow=True, stream=True, long=True)
    def novel(message: TextMessage, ctx: Context) -> Iterator[str]:
        yield from tokens(answer(150), ctx)

    @router.on(TextMessage, content=re.compile(r"killed at (?P<at>\d+)"), slow=True, stream=True)
    def killed(message: TextMessage, ctx: Context) -> Iterator[str]:
        runs.append("killed")
        for number, token in enumerate(tokens(answer(30), ctx)):
            if number == int(ctx.groups["at"]) and len(runs) < 3:
                raise Killed
            yield token

    @router.on(TextMessage, content="cut off", slow=True, stream=True)
    def cut_off(message: TextMessage, ctx: Context) -> Iterator[str]:
        yield from tokens(answer(8), ctx)
        raise ConnectionError

    @router.on(TextMessage, content="chapters", slow=True, stream=True)
    def chapters(message: TextMessage, ctx: Context) -> Iterator[Reply | str]:
        ctx.session["asked"] = True
        yield "让我"
        yield "查一下。"
        yield Image("map")
        sleep(10)
        yield Text("查到了。")
        ctx.send("oBob", "Alice asks")

    @router.on(TextMessage, content="blank", slow=True, stream=True)
    def blank(message: TextMessage, ctx: Context) -> Iterator[Reply]:
        yield Text("\n")
        yield TransferCustomerService()
        yield Text("好了。")

    @router.on(TextMessage, content="hang", slow=True)
    def hang(message: TextMessage, ctx: Context) -> Reply:
        runs.append("hang")
        sleep(500)
        return Text("too late")

    @router.on(TextMessage, content="short", slow=True, seconds=20)
    def short(message: TextMessage, ctx: Context) -> Reply:
        sleep(25)
        return Text("too late")

    @router.on(TextMessage, content="stubborn", slow=True)
    def stubborn(message: TextMessage, ctx: Context) -> Reply:
        while True:
            with suppress(Interrupted):
                sleep(500)

    @router.on(TextMessage, content="research", slow=True, long=True)
    def research(message: TextMessage, ctx: Context) -> Reply:
        sleep(180)
        return Text("found")

    @router.on(TextMessage, content="lines", slow=True, stream=True, long=True)
    def lines(message: TextMessage, ctx: Context) -> Iterator[Reply]:
        for number in range(20):
            yield Text(f"line {number}")
            sleep(10)

    @router.on(TextMessage, content="取消")
    def cancel(message: TextMessage, ctx: Context) -> Reply:
        ctx.cancel()
        return Text("好的")

    return Routes(router, _models(sleep))


def _models(sleep: Callable[[float], None]) -> Router:
    """Models that say this and that."""
    router = Router("models", apology="sorry")

    @router.on(TextMessage, content=re.compile(r"(?P<many>\d+) sentences"), slow=True, stream=True)
    def some(message: TextMessage, ctx: Context) -> Iterator[str]:
        for character in answer(int(ctx.groups["many"])):
            sleep(0.05)
            yield character

    @router.on(TextMessage, content="hesitant", slow=True, stream=True)
    def hesitant(message: TextMessage, ctx: Context) -> Iterator[str]:
        yield "先烫杯。"
        for _ in range(40):
            sleep(0.5)
            yield ""
        yield "再倒水。"

    @router.on(TextMessage, content="code", slow=True, stream=True)
    def code(message: TextMessage, ctx: Context) -> Iterator[str]:
        yield "先烫杯。"
        sleep(10)
        yield "\n\n    pour(cup)"

    @router.on(TextMessage, content="diary", slow=True, stream=True)
    def diary(message: TextMessage, ctx: Context) -> Iterator[str]:
        try:
            for character in answer(30):
                sleep(0.05)
                yield character
        finally:
            ctx.session["asked"] = message.content

    return router
