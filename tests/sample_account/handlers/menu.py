"""Answers taps on the account's menu."""

from chalicelib.router import Context, Router
from chalicelib.wechat.messages import ClickEvent
from chalicelib.wechat.replies import Reply, Text

router = Router("menu")


@router.on(ClickEvent, event_key="CONTACT", idempotent=True)
def contact(event: ClickEvent, ctx: Context) -> Reply:
    return Text("客服时间：工作日 9:00–18:00，直接在这里留言即可。")
