"""A small account; its answers show what was kept: a session, a job, an answer, an outbox."""

from collections.abc import Iterator

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text

router = Router("kept", apology="sorry")


@router.on(TextMessage, content="count")
def count(message: TextMessage, ctx: Context) -> Reply:
    ctx.session["count"] = ctx.session.get("count", 0) + 1
    return Text(f"count {ctx.session['count']}")


@router.on(TextMessage, content="slow", slow=True)
def slow(message: TextMessage, ctx: Context) -> Reply:
    return Text("slow answer")


@router.on(TextMessage, content="long")
def long(message: TextMessage, ctx: Context) -> list[Reply]:
    return [Text("part 1"), Text("part 2")]


@router.on(TextMessage, content="late", slow=True)
def late(message: TextMessage, ctx: Context) -> list[Reply]:
    ctx.api  # noqa: B018 - only the worker has it
    return [Text("part 1"), Text("part 2")]


@router.on(TextMessage, content="send")
def send(message: TextMessage, ctx: Context) -> Reply:
    ctx.send("oFriend", "a message")
    return Text("sent")


@router.on(TextMessage, content="stream", slow=True, stream=True)
def stream(message: TextMessage, ctx: Context) -> Iterator[Reply]:
    if not ctx.said:
        yield Text("part 1")
        raise ConnectionError
    yield Text(f"part 2 after {ctx.said.text}")


@router.task("note")
def note(ctx: Context, openid: str, text: str) -> None:
    ctx.send(openid, text)


routes = Routes(router)
