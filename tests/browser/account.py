"""The account behind the phone in the browser, and what its backend answers."""

from threading import Event

from chalicelib.wechat.messages import ClickEvent, TextMessage
from chalicelib.wechat.replies import Article, News, PassiveReply, Text
from simulator.account import Account
from tests import backends
from tests.backends import Answer, held, opened, replying

ACCOUNT = Account.new()
UNTRUSTED = "<img src=x onerror=\"document.title='broken'\"> ]]> 😀 " + "x" * 300
"""A text by which a user tries to break the page."""
LATE = {"msgtype": "text", "text": {"content": "慢工出细活"}}


def answer(request: backends.Request, released: Event) -> Answer:
    """Repeats what the user says. Some words make it fail, or wait."""
    push = opened(ACCOUNT, request).push
    match push:
        case TextMessage(content="json"):
            return Answer('{"message": "Internal server error"}')
        case TextMessage(content="broken"):
            return Answer(status=500)
        case TextMessage(content="slow"):
            return held(released, Answer())(request)
        case TextMessage(content=content):
            reply: PassiveReply = Text(content)
        case ClickEvent(event_key="NEWS"):
            reply = News(
                Article("标题" * 20, "简介", "", "https://example.com/" + "x" * 200),
                Article("第二条", "", "", "javascript:document.title='broken'"),
            )
        case _:
            reply = Text("收到")
    return replying(ACCOUNT, reply)(request)
