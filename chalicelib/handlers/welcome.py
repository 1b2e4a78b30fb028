"""Greets who follows the account."""

from ..router import Context, Router
from ..wechat.messages import SubscribeEvent
from ..wechat.replies import Reply, Text

router = Router("welcome")


@router.on(SubscribeEvent, idempotent=True)
def welcome(event: SubscribeEvent, ctx: Context) -> Reply:
    if event.scene:
        return Text(f"欢迎关注！您是通过“{event.scene}”的二维码关注的。")
    return Text("欢迎关注！回复“帮助”，看看有哪些功能。")
