"""The simulator plays WeChat's side: against backends that answer, are late, or answer nonsense."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.wechat.encryption import EncodingAesKey
from chalicelib.wechat.envelopes import Mode, Seal
from chalicelib.wechat.messages import Event
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
    passive_xml,
)
from simulator import pushes
from simulator.account import Account, new_encoding_aes_key
from simulator.delivery import Rules, deliver, verify
from simulator.events import USER
from simulator.outcome import Failure
from simulator.pushes import Push
from tests.backends import Answer, Request, Respond, backend, opened, replying
from tests.patience import PATIENCE

ACCOUNT = Account.new()
HASTY = Rules(limit=1, pause=0)
PATIENT = Rules(limit=PATIENCE, pause=0)
LATE = Answer(delay=PATIENCE)
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
    """A backend that seals whatever document it is told to answer."""

    def answer(request: Request) -> Answer:
        seal = opened(account, request).seal
        assert seal
        return Answer(seal.close(respond(request), int(time.time())))

    return answer


def sealed_by(account: Account) -> Respond:
    """A proper reply, sealed with another account's secrets."""

    def answer(request: Request) -> Answer:
        push = opened(ACCOUNT, request).push
        key = EncodingAesKey(account.encoding_aes_key)
        seal = Seal(account.token, key, account.app_id, request.query["nonce"])
        return Answer(seal.close(passive_xml(Text("hi"), push, 1), 1))

    return answer


def reply_changed(old: str, new: str) -> Respond:
    """A text reply with something in its XML replaced."""

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
def test_an_empty_body_and_success_mean_silence(body: str) -> None:
    with backend(Answer(body)) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url)
    assert (outcome.reply, outcome.failed) == (None, False)


def test_an_exchange_shows_both_ways_sealed_and_opened() -> None:
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


def test_in_compatible_mode_a_plaintext_reply_will_do() -> None:
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


# --- Delivered again --------------------------------------------------------------------------


def test_late_answers_are_thrown_away_and_the_push_is_delivered_three_times_the_same() -> None:
    started = time.monotonic()
    with backend(LATE) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, HASTY)
        took = time.monotonic() - started
    assert took >= 3 * HASTY.limit
    assert outcome.fault
    assert [each.failure for each in outcome.exchanges] == [Failure.TOO_LATE] * 3
    first, *others = [(request.query, request.body) for request in server.requests]
    assert others == [first, first]


def test_a_redelivery_that_is_answered_in_time_counts() -> None:
    with backend(LATE, replying(ACCOUNT, Text("again"))) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, replace(HASTY, limit=3))
    assert outcome.reply == Text("again")
    assert [each.failure for each in outcome.exchanges] == [Failure.TOO_LATE, None]


def test_the_limit_is_for_the_whole_answer_not_for_each_byte_of_it() -> None:
    with backend(Answer("success", pause=0.2)) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, replace(HASTY, deliveries=1))
    assert outcome.exchanges[0].failure is Failure.TOO_LATE


@pytest.mark.parametrize("status", [201, 302, 403, 500])
def test_any_status_but_200_is_delivered_again_and_ends_in_the_fault_text(status: int) -> None:
    with backend(Answer(status=status)) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, PATIENT)
    assert outcome.fault
    assert [each.failure for each in outcome.exchanges] == [Failure.BAD_STATUS] * 3
    assert [each.status for each in outcome.exchanges] == [status] * 3


def test_after_an_error_it_waits_a_moment_and_tries_as_often_as_it_is_told() -> None:
    started = time.monotonic()
    with backend(Answer(status=500)) as server:
        four = replace(PATIENT, pause=0.1, deliveries=4)
        deliver(ACCOUNT, pushes.text("hi"), server.url, four)
    assert len(server.requests) == 4
    assert time.monotonic() - started >= 0.3


def test_a_connection_that_breaks_is_delivered_again() -> None:
    with backend(Answer(status=0), replying(ACCOUNT, Text("back"))) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, PATIENT)
    assert outcome.exchanges[0].failure is Failure.CUT
    assert outcome.reply == Text("back")


def test_a_backend_that_is_not_there_is_a_fault() -> None:
    with backend() as server:
        pass
    outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, PATIENT)
    assert [each.failure for each in outcome.exchanges] == [Failure.NOT_THERE] * 3
    assert f"连不上后端 {server.url}，" in outcome.exchanges[0].reason
    assert outcome.fault


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
def test_a_faulty_reply_is_the_fault_text_at_once(
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


def test_whoever_left_reads_neither_answer_nor_fault() -> None:
    with backend(replying(ACCOUNT, Text("bye")), Answer("{}")) as server:
        answered = deliver(ACCOUNT, pushes.unfollow(), server.url)
        broken = deliver(ACCOUNT, pushes.unfollow(), server.url)
    assert (answered.reply, answered.failed, answered.fault) == (None, False, False)
    assert (broken.reply, broken.failed, broken.fault) == (None, True, False)


def test_no_secret_shows_in_an_outcome() -> None:
    with backend(replying(ACCOUNT, Text("hi"))) as server:
        shown = repr((ACCOUNT, deliver(ACCOUNT, pushes.text("hi"), server.url)))
    assert ACCOUNT.token not in shown
    assert ACCOUNT.encoding_aes_key not in shown


# --- Verification -----------------------------------------------------------------------------


def test_an_echoed_echostr_passes_the_check_of_the_console() -> None:
    with backend(lambda request: Answer(request.query["echostr"])) as server:
        assert verify(ACCOUNT, server.url)
    assert "signature" in server.requests[0].query


@pytest.mark.parametrize(
    "respond",
    [
        lambda request: Answer(f'"{request.query["echostr"]}"'),
        lambda request: Answer(request.query["echostr"] + "\n"),
        lambda request: Answer(request.query["echostr"], status=201),
        lambda request: Answer(request.query["echostr"], delay=PATIENCE),
        Answer("success"),
        Answer(status=0),
    ],
)
def test_anything_but_the_exact_echostr_in_time_fails_it(respond: Answer | Respond) -> None:
    with backend(respond) as server:
        assert not verify(ACCOUNT, server.url, HASTY)
