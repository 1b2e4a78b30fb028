"""What the user of the simulator reads, or why they read the fault text."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.wechat.encryption import EncodingAesKey
from chalicelib.wechat.envelopes import Mode, Seal
from chalicelib.wechat.messages import Event
from chalicelib.wechat.passive import passive_xml
from chalicelib.wechat.replies import (
    Article,
    Image,
    Music,
    News,
    PassiveReply,
    Text,
    TransferCustomerService,
    Video,
    Voice,
)
from simulator import pushes
from simulator.account import Account, new_encoding_aes_key
from simulator.delivery import Rules, deliver
from simulator.events import USER
from simulator.outcome import Failure
from simulator.pushes import Push
from tests.backends import Answer, Request, Respond, backend, opened, replying
from tests.patience import PATIENCE

ACCOUNT = Account.new()
PATIENT = Rules(limit=PATIENCE, pause=0)
REPLIES: list[PassiveReply] = [
    Text("你好 <&> ]]> 😀"),
    Image("m1"),
    Voice("m2"),
    Video("m3", "标题", "简介"),
    Music("m4", "歌", "词", "https://example.com/1", "https://example.com/2"),
    News(Article("一", "二", "https://example.com/3", "https://example.com/4")),
    TransferCustomerService("kf@simulated"),
]


def document(respond: Callable[[Request], str], account: Account = ACCOUNT) -> Respond:
    """A backend that encrypts the given document as its answer."""

    def answer(request: Request) -> Answer:
        seal = opened(account, request).seal
        assert seal
        return Answer(seal.close(respond(request), int(time.time())))

    return answer


def sealed_by(account: Account) -> Respond:
    """A correct reply, encrypted with another account's secrets."""

    def answer(request: Request) -> Answer:
        push = opened(ACCOUNT, request).push
        key = EncodingAesKey(account.encoding_aes_key)
        seal = Seal(account.token, key, account.app_id, request.query["nonce"])
        return Answer(seal.close(passive_xml(Text("hi"), push, 1), 1))

    return answer


def reply_changed(old: str, new: str) -> Respond:
    """A text reply with a part of its XML replaced."""

    def changed(request: Request) -> str:
        xml = passive_xml(Text("hi"), opened(ACCOUNT, request).push, 1)
        assert old in xml
        return xml.replace(old, new)

    return document(changed)


# --- Answered ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("reply", REPLIES)
def test_the_user_reads_each_kind_of_reply_in_each_mode(mode: Mode, reply: PassiveReply) -> None:
    account = Account.new(mode)
    with backend(replying(account, reply)) as server:
        outcome = deliver(account, pushes.text("hi"), server.url)
    assert outcome.reply == reply
    assert not outcome.fault
    assert len(outcome.exchanges) == 1


@pytest.mark.parametrize("body", ["", "success"])
def test_an_empty_body_and_success_mean_no_answer(body: str) -> None:
    with backend(Answer(body)) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url)
    assert (outcome.reply, outcome.failed) == (None, False)


def test_an_exchange_shows_push_and_reply_encrypted_and_decrypted() -> None:
    with backend(replying(ACCOUNT, Text("你也好"))) as server:
        (exchange,) = deliver(ACCOUNT, pushes.text("你好"), server.url).exchanges
    assert exchange.query == server.requests[0].query
    assert exchange.sent_body.encode() == server.requests[0].body
    assert "你好" not in exchange.sent_body
    assert "<Content><![CDATA[你好]]></Content>" in exchange.sent_xml
    assert "MsgSignature" in exchange.response_body
    assert "<Content><![CDATA[你也好]]></Content>" in exchange.reply_xml
    assert exchange.status == 200


def test_a_push_travels_as_text_xml_to_an_address_that_keeps_its_own_query() -> None:
    with backend(Answer()) as server:
        deliver(ACCOUNT, pushes.text("hi").by("oAlice"), f"{server.url}?stage=dev")
    (request,) = server.requests
    assert request.headers["Content-Type"] == "text/xml"
    assert request.headers["Connection"] == "close"
    assert request.query["stage"] == "dev"
    assert request.query["openid"] == "oAlice"
    assert request.query["encrypt_type"] == "aes"


def test_compatible_mode_accepts_a_plaintext_reply() -> None:
    account = Account.new(Mode.COMPATIBLE)

    def answer(request: Request) -> Answer:
        return Answer(passive_xml(Text("hi"), opened(account, request).push, 1))

    with backend(answer) as server:
        assert deliver(account, pushes.text("hi"), server.url).reply == Text("hi")


@pytest.mark.parametrize(
    ("push", "shown"), [(pushes.text("hi"), ["一"]), (pushes.click("K"), ["一", "二"])]
)
def test_a_message_is_answered_by_one_article_and_an_event_by_all(
    push: Push, shown: list[str]
) -> None:
    def two_articles(request: Request) -> str:
        said = opened(ACCOUNT, request).push
        event = Event(
            to_user_name=said.to_user_name,
            from_user_name=said.from_user_name,
            create_time=1,
            msg_type="event",
            event="",
            fields={},
        )
        return passive_xml(News(Article("一"), Article("二")), event, 1)

    with backend(document(two_articles)) as server:
        reply = deliver(ACCOUNT, push, server.url).reply
    assert reply == News(*map(Article, shown))


# --- Faults -----------------------------------------------------------------------------------


OTHER_TOKEN = replace(ACCOUNT, token="another")
OTHER_KEY = replace(ACCOUNT, encoding_aes_key=new_encoding_aes_key())
OTHER_APP = replace(ACCOUNT, app_id="wx0000000000000000")


@pytest.mark.parametrize(
    ("respond", "failure"),
    [
        (Answer(json.dumps({"message": "Internal server error"})), Failure.NOT_A_REPLY),
        (Answer("<!doctype html><html><body>502</body></html>"), Failure.NOT_A_REPLY),
        (Answer("<xml><Encrypt>"), Failure.NOT_A_REPLY),
        (Answer("success\n"), Failure.NOT_A_REPLY),
        (Answer("<xml><Content>hi</Content></xml>"), Failure.NOT_ENCRYPTED),
        (sealed_by(OTHER_TOKEN), Failure.BAD_SIGNATURE),
        (sealed_by(OTHER_KEY), Failure.UNDECRYPTABLE),
        (sealed_by(OTHER_APP), Failure.UNDECRYPTABLE),
        (document(lambda _: "hi"), Failure.NOT_A_REPLY),
        (reply_changed(USER, "oSomebodyElse"), Failure.NOT_ADDRESSED),
        (reply_changed(ACCOUNT.original_id, "gh_other"), Failure.NOT_ADDRESSED),
        (reply_changed("<CreateTime>1</", "<CreateTime>1.5</"), Failure.BAD_CREATE_TIME),
        (reply_changed("<MsgType>text</", "<MsgType>wxcard</"), Failure.UNKNOWN_KIND),
        (reply_changed("<MsgType>text</", "<MsgType>image</"), Failure.INCOMPLETE),
        (reply_changed("<MsgType>text</", "<MsgType>news</"), Failure.INCOMPLETE),
        (reply_changed("hi", "长" * 683), Failure.TOO_LONG),
    ],
)
def test_a_bad_reply_gives_the_fault_text_at_once(
    respond: Answer | Respond, failure: Failure
) -> None:
    with backend(respond) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, PATIENT)
    assert [each.failure for each in outcome.exchanges] == [failure]
    assert outcome.fault
    assert outcome.reply is None


def test_in_plaintext_mode_an_encrypted_reply_is_no_reply() -> None:
    account = Account.new(Mode.PLAINTEXT)
    with backend(Answer("<xml><Encrypt>abc</Encrypt></xml>")) as server:
        assert deliver(account, pushes.text("hi"), server.url, PATIENT).fault


def test_a_user_who_left_reads_neither_answer_nor_fault() -> None:
    with backend(replying(ACCOUNT, Text("bye")), Answer("{}")) as server:
        answered = deliver(ACCOUNT, pushes.unfollow(), server.url)
        broken = deliver(ACCOUNT, pushes.unfollow(), server.url)
    assert (answered.reply, answered.failed, answered.fault) == (None, False, False)
    assert (broken.reply, broken.failed, broken.fault) == (None, True, False)


def test_an_outcome_shows_no_secret() -> None:
    with backend(replying(ACCOUNT, Text("hi"))) as server:
        shown = repr((ACCOUNT, deliver(ACCOUNT, pushes.text("hi"), server.url)))
    assert ACCOUNT.token not in shown
    assert ACCOUNT.encoding_aes_key not in shown
