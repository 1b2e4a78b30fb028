"""What a handler may return, and what of it the user would read."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.router import Context, Router, Routes
from chalicelib.router.handler_result import replies
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.parsing import from_fields
from chalicelib.wechat.replies import By, Image, Reply, Text


def test_a_string_is_a_text_and_none_is_silence() -> None:
    assert replies("hi") == (Text("hi"),)
    assert replies(None) == ()


@pytest.mark.parametrize("empty", ["", "\x00", "\x1b\x08", "\ud800\udfff", "\ufffe"])
def test_a_text_of_which_xml_leaves_nothing_is_silence(empty: str) -> None:
    said: list[Reply | str] = [empty, Text(empty), By("kf1@account", Text(empty)), "hi"]
    assert replies(said) == (Text("hi"),)


@pytest.mark.parametrize("text", [" ", "\n", "\x00.", "\u200b"])
def test_any_other_text_is_said_as_it_is(text: str) -> None:
    assert replies(text) == (Text(text),)


def test_several_replies_keep_their_order() -> None:
    def several() -> Iterator[Reply | str]:
        yield "one"
        yield Image("two")

    assert replies(several()) == (Text("one"), Image("two"))
    assert replies(["one", Image("two")]) == (Text("one"), Image("two"))


@pytest.mark.parametrize("answer", [5, b"hi", {"a": 1}, object()])
def test_what_nobody_can_say_is_refused(answer: Any) -> None:
    with pytest.raises(TypeError):
        replies(answer)


@pytest.mark.parametrize("stream", [False, True])
def test_a_handler_that_returns_what_nobody_can_say_is_named_with_its_place(stream: bool) -> None:
    router = Router("shop")

    @router.on(TextMessage, slow=True, stream=stream)
    def prices(message: TextMessage, ctx: Context) -> Any:
        yield 5

    sent = {"MsgType": "text", "MsgId": "1", "Content": "?"}
    push = from_fields({"ToUserName": "gh", "FromUserName": "o", "CreateTime": "1", **sent})
    matched = Routes(router).match(push)
    assert matched
    route, context = matched[0], Context("identity")
    place = f"{__file__}:{prices.__code__.co_firstlineno}"
    with pytest.raises(TypeError, match=re.escape(f"shop.prices ({place}) returned int")):
        [*(route.pieces if stream else route.run)(push, context)]
