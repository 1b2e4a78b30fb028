"""A few handlers for tests that are not about what a handler says."""

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ClickEvent, ImageMessage, SubscribeEvent, TextMessage
from chalicelib.wechat.replies import Image, Reply, Text

router = Router("test")


@router.on(TextMessage, content="silence", idempotent=True)
def silence(message: TextMessage, ctx: Context) -> None:
    return None


@router.on(TextMessage, content="break", idempotent=True)
def breaks(message: TextMessage, ctx: Context) -> Reply:
    raise LookupError(f"{message.from_user_name} said {message.content}")


@router.on(TextMessage, content="nonsense", idempotent=True)
def nonsense(message: TextMessage, ctx: Context) -> Reply:
    return {"not": "a reply"}  # type: ignore[return-value]


@router.on(TextMessage, idempotent=True)
def echo(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(ImageMessage, idempotent=True)
def image(message: ImageMessage, ctx: Context) -> Reply:
    return Image(message.media_id)


@router.on(SubscribeEvent, idempotent=True)
def welcome(event: SubscribeEvent, ctx: Context) -> Reply:
    return Text("welcome")


@router.on(ClickEvent, event_key="KEY", idempotent=True)
def click(event: ClickEvent, ctx: Context) -> Reply:
    return Text(ctx.identity)


routes = Routes(router)
