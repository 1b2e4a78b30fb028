"""Says back what it hears, and owns up to what it does not understand."""

from ..router import Context, Router
from ..wechat.messages import Message, TextMessage
from ..wechat.replies import Reply, Text

router = Router("parrot")


@router.on(TextMessage, idempotent=True)
def parrot(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(Message, idempotent=True)
def unknown(message: Message, ctx: Context) -> Reply:
    return Text("无法识别该消息")
