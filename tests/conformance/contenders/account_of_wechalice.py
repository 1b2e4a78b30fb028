"""What wechalice says under the checks: this file becomes `chalicelib/handlers/__init__.py`."""

import re
import time
from collections.abc import Iterator

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text

router = Router("checked")


@router.on(TextMessage, content="count")
def count(message: TextMessage, ctx: Context) -> Reply:
    ctx.session["count"] = ctx.session.get("count", 0) + 1
    return Text(str(ctx.session["count"]))


@router.on(TextMessage, content="raise")
def fail(message: TextMessage, ctx: Context) -> Reply:
    raise RuntimeError("a mistake in a handler")


@router.on(TextMessage, content=re.compile("slow.*"), slow=True)
def slow(message: TextMessage, ctx: Context) -> Reply:
    time.sleep(8)
    return Text(f"慢 {message.content}")


@router.on(TextMessage, content="long")
def long(message: TextMessage, ctx: Context) -> Reply:
    return Text("长" * 1000)


@router.on(TextMessage, content="many", slow=True)
def many(message: TextMessage, ctx: Context) -> Iterator[Reply]:
    for number in range(1, 9):
        yield Text(f"[{number}]")


@router.on(TextMessage)
def echo(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


routes = Routes(router)
