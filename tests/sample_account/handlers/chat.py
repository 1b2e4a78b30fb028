"""Greets new followers, says back what they write, and admits what it does not understand."""

from chalicelib.router import Context, Router
from chalicelib.wechat.messages import Message, SubscribeEvent, TextMessage
from chalicelib.wechat.replies import Reply, Text

router = Router("chat")


@router.on(SubscribeEvent, idempotent=True)
def welcome(event: SubscribeEvent, ctx: Context) -> Reply:
    if event.scene:
        return Text(f"欢迎关注！您是通过“{event.scene}”的二维码关注的。")
    return Text("欢迎关注！回复“帮助”，看看有哪些功能。")


@router.on(TextMessage, idempotent=True)
def echo(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(Message, idempotent=True)
def unknown(message: Message, ctx: Context) -> Reply:
    return Text("无法识别该消息")
