"""Answers that come late, by WeChat's API.

https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html
"""

import json
import time

from .. import pushes
from ..api import BUSY
from ..backend import Backend, Failed
from ..check import check


def _asks_slowly(backend: Backend, user: str) -> None:
    backend.heard.wrote(user)
    backend.does(pushes.text(backend.options.slow or ""), user)


def _comes(backend: Backend, user: str, messages: int = 1) -> str:
    """Waits until so many messages have come, and a moment more for those that must not."""
    heard = backend.heard.messages
    if not backend.eventually(lambda: len(heard[user]) >= messages):
        raise Failed(f"{len(heard[user])} of {messages} messages came")
    time.sleep(backend.wire.patience / 5)
    if len(heard[user]) != messages:
        raise Failed(f"{len(heard[user])} messages came instead of {messages}")
    return f"{messages} came"


@check("slow", "api")
def a_late_answer_comes(backend: Backend) -> str:
    """What takes too long for a reply comes as a customer service message.

    The user waits for it; `success` alone is silence.
    """
    user = pushes.openid()
    _asks_slowly(backend, user)
    return _comes(backend, user)


@check("slow", "api")
def a_late_answer_is_unescaped(backend: Backend) -> str:
    """Chinese in a customer service message travels as UTF-8, not as \\uXXXX.

    WeChat shows the user the escapes as they are.
    """
    user = pushes.openid()
    _asks_slowly(backend, user)
    _comes(backend, user)
    sent = backend.heard.messages[user][0]
    if b"\\u" in sent.raw:
        raise Failed(f"it travelled escaped: {sent.raw[:80]!r}")
    if sent.text.isascii():
        raise Failed("the answer to --slow must hold Chinese, or this shows nothing")
    return "it travelled in UTF-8"


@check("slow", "api")
def two_late_answers_keep_their_order(backend: Backend) -> str:
    """The answers to two slow pushes of one user come in the order of the pushes, both.

    Answers that overtake each other answer the wrong question.
    """
    user, asked = pushes.openid(), backend.options.slow or ""
    for number in ("1", "2"):
        backend.heard.wrote(user)
        backend.does(pushes.text(f"{asked} {number}"), user)
    _comes(backend, user, messages=2)
    texts = backend.heard.texts(user)
    if not ("1" in texts[0] and "2" in texts[1]):
        raise Failed(f"they came as {texts}; the answer to `{asked} 1` must hold the 1")
    return "in order"


@check("slow", "api")
def a_message_that_is_refused_for_now_comes_again(backend: Backend) -> str:
    """A message that WeChat refuses because it is busy (-1) is sent again.

    The system is busy often enough; it asks to try again a little later.
    """
    user = pushes.openid()
    backend.heard.refuse(user, BUSY)
    _asks_slowly(backend, user)
    return _comes(backend, user)


@check("slow", "api", alone=True)
def a_token_that_ends_is_fetched_again(backend: Backend) -> str:
    """A message that is refused with 40001 is sent again with a new access token.

    Another program, or WeChat, ends a token before its two hours are over.
    """
    user = pushes.openid()
    _asks_slowly(backend, user)
    _comes(backend, user)
    backend.heard.end_tokens()
    other = pushes.openid()
    _asks_slowly(backend, other)
    return _comes(backend, other)


@check("slow", "api", alone=True)
def tokens_are_kept(backend: Backend) -> str:
    """Three late answers need fewer than three calls for an access token.

    WeChat allows so many calls a day, and each new token of /cgi-bin/token ends the one before.
    """
    before = backend.heard.token_calls
    for _ in range(3):
        user = pushes.openid()
        _asks_slowly(backend, user)
        _comes(backend, user)
    calls = backend.heard.token_calls - before
    if calls >= 3:
        raise Failed(f"{calls} calls for three answers")
    return f"{calls} calls for three answers"


@check("slow", "api")
def a_user_who_is_gone_is_given_up(backend: Backend) -> str:
    """A message that WeChat refuses for good (43004: no follower) is not sent for ever.

    What is final is dropped, or it holds up those behind it.
    """
    user = pushes.openid()
    backend.heard.refuse(user, *[43004] * 50)
    _asks_slowly(backend, user)
    refusals = backend.heard.refusals
    backend.eventually(lambda: len(refusals[user]) < 50)
    time.sleep(backend.wire.patience)
    asked = 50 - len(refusals[user])
    if not 0 < asked < 5:
        raise Failed(f"WeChat was asked {asked} times")
    return f"WeChat was asked {asked} times"


@check("slow", "api")
def a_late_answer_is_one_of_wechats(backend: Backend) -> str:
    """A customer service message is JSON with touser, msgtype, and a part of that name.

    WeChat refuses others with 47001 and 40008, and the answer is lost.
    """
    user = pushes.openid()
    _asks_slowly(backend, user)
    _comes(backend, user)
    message = json.loads(backend.heard.messages[user][0].raw)
    if message["msgtype"] not in message:
        raise Failed(f"it has no part {message['msgtype']!r}")
    return f"a message of type {message['msgtype']}"
