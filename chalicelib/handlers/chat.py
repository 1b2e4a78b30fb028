"""A start: greets new followers, and repeats what they write."""

from chalicelib.router import Context, Router
from chalicelib.wechat.messages import SubscribeEvent, TextMessage
from chalicelib.wechat.replies import Reply, Text

router = Router("chat")


@router.on(SubscribeEvent, idempotent=True)
def welcome(event: SubscribeEvent, ctx: Context) -> Reply:
    return Text("欢迎关注！发一句话试试。")


@router.on(TextMessage, idempotent=True)
def echo(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)
