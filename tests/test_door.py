"""What WeChat gets from the two doors, in each mode: the contract, row by row."""

import asyncio
import dataclasses
import logging

import pytest

from chalicelib import bootstrap
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Image, Reply, Text
from simulator import pushes, replies
from simulator.account import Account
from simulator.envelopes import open_reply, seal, signed_query
from simulator.pushes import Push
from tests.conftest import OpenDoor
from tests.door import Door, Response

MODES = list(Mode)
SUCCESS = Response(200, "text/plain", "success")
FORBIDDEN = Response(403, "text/plain", "forbidden")


def said(door: Door, push: Push, account: Account | None = None) -> Reply:
    """What the user sees, given that the push is answered."""
    sender = account or door.account
    response = door.push(push, sender)
    assert (response.status, response.content_type) == (200, "application/xml")
    return replies.read(open_reply(sender, response.body.encode()), sender, push)


def failing(failure: BaseException) -> Routes:
    router = Router("failing")

    @router.on(TextMessage)
    def fails(message: TextMessage, ctx: Context) -> Reply:
        raise failure

    return Routes(router)


def logging_badly() -> Routes:
    router = Router("logging")

    @router.on(TextMessage)
    def echo(message: TextMessage, ctx: Context) -> Reply:
        logging.getLogger("chalicelib.handlers").info("no number: %d", "one")
        logging.getLogger("chalicelib.handlers").info("half a pair: \ud83d")
        return Text(message.content)

    return Routes(router)


class PanicException(BaseException):
    """What a library written in Rust (pyo3) raises when it panics."""


class OutOfTime(BaseException):
    """What a library for timeouts raises, so that no `except Exception` stops it."""


class CommandExit(SystemExit):
    """What a library that reads commands (docopt) raises when it cannot read one."""


def circle() -> Exception:
    error = ValueError()
    error.__cause__ = error
    return error


def chain() -> Exception:
    first = error = ValueError()
    for _ in range(5000):
        error.__context__ = error = ValueError()
    return first


class TestVerification:
    """GET /wechat"""

    def test_it_answers_the_echostr_and_nothing_else(self, open_door: OpenDoor) -> None:
        assert open_door().verify(echostr="5837") == Response(200, "text/plain", "5837")

    def test_a_wrong_signature_is_forbidden(self, open_door: OpenDoor) -> None:
        door = open_door()
        assert door.verify(dataclasses.replace(door.account, token="other")) == FORBIDDEN

    @pytest.mark.parametrize("offset", [-302, 302])
    def test_a_recorded_request_is_forbidden_after_five_minutes(
        self, open_door: OpenDoor, offset: float
    ) -> None:
        door = open_door()
        query = {**signed_query(door.account, door.clock.now + offset), "echostr": "5837"}
        assert door.get(query) == FORBIDDEN

    @pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce", "echostr"])
    def test_a_missing_parameter_is_forbidden(self, open_door: OpenDoor, missing: str) -> None:
        door = open_door()
        query = {**signed_query(door.account, door.clock.now), "echostr": "5837"}
        assert door.get(query).status == 200
        assert door.get({**query, missing: []}) == FORBIDDEN

    @pytest.mark.parametrize("content_type", ["text/xml", "application/json", "x"])
    def test_the_content_type_does_not_matter(self, open_door: OpenDoor, content_type: str) -> None:
        door = open_door()
        query = {**signed_query(door.account, door.clock.now), "echostr": "5837"}
        assert door.get(query, {"content-type": content_type}).body == "5837"

    def test_a_refusal_is_counted(self, open_door: OpenDoor) -> None:
        door = open_door()
        door.get({})
        assert door.counted("PushRefused") == 1

    def test_no_query_at_all_is_forbidden(self, open_door: OpenDoor) -> None:
        assert open_door().get({}) == FORBIDDEN


@pytest.mark.parametrize("mode", MODES)
class TestEachMode:
    """POST /wechat"""

    @pytest.mark.parametrize("text", ["你好", " two  spaces ", "]]>", "<a>&amp;</a>", "👨‍👩‍👧‍👦"])
    def test_a_push_is_answered(self, open_door: OpenDoor, mode: Mode, text: str) -> None:
        assert said(open_door(mode), pushes.text(text)) == Text(text)

    def test_an_image_is_answered_in_kind(self, open_door: OpenDoor, mode: Mode) -> None:
        assert said(open_door(mode), pushes.image("m1")) == Image("m1")

    def test_silence_is_success(self, open_door: OpenDoor, mode: Mode) -> None:
        assert open_door(mode).push(pushes.text("silence")) == SUCCESS

    def test_what_no_handler_answers_is_success(self, open_door: OpenDoor, mode: Mode) -> None:
        door = open_door(mode)
        assert door.push(pushes.event("kf_create_session")) == SUCCESS
        assert "@router.on(KfCreateSessionEvent)" in door.log[-1]["write"]

    @pytest.mark.parametrize("push", [pushes.view("https://example.com/"), pushes.unfollow()])
    def test_what_needs_no_handler_asks_for_none(
        self, open_door: OpenDoor, mode: Mode, push: Push
    ) -> None:
        door = open_door(mode, Routes())
        door.push(push)
        assert door.log[-1]["outcome"] == "unanswered"
        assert "write" not in door.log[-1]

    @pytest.mark.parametrize("text", ["break", "nonsense"])
    def test_a_handler_that_fails_is_success_an_error_in_the_log_and_a_job(
        self, open_door: OpenDoor, mode: Mode, text: str
    ) -> None:
        door = open_door(mode)
        assert door.push(pushes.text(text)) == SUCCESS
        (line,) = door.log
        assert (line["level"], line["outcome"]) == ("ERROR", "handed_over")
        assert door.counted("PushFailed") == 1
        assert len(door.queue) == 1

    def test_an_authentic_push_that_makes_no_sense_is_success_and_counted(
        self, open_door: OpenDoor, mode: Mode
    ) -> None:
        door = open_door(mode)
        assert door.push(pushes.text("hi").with_fields(CreateTime="soon")) == SUCCESS
        (line,) = door.log
        assert (line["level"], line["PushUnreadable"]) == ("ERROR", 1)

    def test_a_raw_cdata_end_does_not_break_a_push(self, open_door: OpenDoor, mode: Mode) -> None:
        for text in ("a]]>b", "a]]></b", "<![CDATA[x]]></a>", "<Encrypt>AAAA</Encrypt>"):
            raw = dataclasses.replace(pushes.text(text), splits_cdata=False)
            assert said(open_door(mode), raw) == Text(text)

    @pytest.mark.parametrize(
        "failure",
        [
            SystemExit(1),
            CommandExit(1),
            asyncio.CancelledError(),
            GeneratorExit(),
            PanicException(),
            OutOfTime(),
            ValueError("x" * 100_000),
            circle(),
            chain(),
        ],
    )
    def test_whatever_a_handler_raises_stays_with_it(
        self, open_door: OpenDoor, mode: Mode, failure: BaseException
    ) -> None:
        door = open_door(mode, failing(failure))
        assert door.push(pushes.text("hi")) == SUCCESS
        assert len(door.queue) == 1

    def test_what_a_handler_logs_badly_costs_no_answer(
        self, open_door: OpenDoor, mode: Mode
    ) -> None:
        door = open_door(mode, logging_badly())
        assert said(door, pushes.text("hi")) == Text("hi")
        assert "no number: %d" in door.log_text


class TestModes:
    """The mode is what the account is configured for, whatever a request claims."""

    @pytest.mark.parametrize(
        ("ours", "wechats"),
        [(Mode.PLAINTEXT, Mode.COMPATIBLE), (Mode.COMPATIBLE, Mode.SAFE)],
    )
    def test_the_next_step_is_accepted_so_that_a_change_refuses_no_push(
        self, open_door: OpenDoor, ours: Mode, wechats: Mode
    ) -> None:
        door = open_door(ours)
        account = dataclasses.replace(door.account, mode=wechats)
        assert said(door, pushes.text("hi"), account) == Text("hi")

    @pytest.mark.parametrize(
        ("ours", "wechats"),
        [
            (Mode.SAFE, Mode.PLAINTEXT),
            (Mode.SAFE, Mode.COMPATIBLE),
            (Mode.COMPATIBLE, Mode.PLAINTEXT),
            (Mode.PLAINTEXT, Mode.SAFE),
        ],
    )
    def test_any_other_mode_is_forbidden(
        self, open_door: OpenDoor, ours: Mode, wechats: Mode
    ) -> None:
        door = open_door(ours)
        account = dataclasses.replace(door.account, mode=wechats)
        assert door.push(pushes.text("hi"), account) == FORBIDDEN

    def test_a_request_cannot_choose_to_be_plain(self, open_door: OpenDoor) -> None:
        door = open_door(Mode.SAFE)
        plain = dataclasses.replace(door.account, mode=Mode.PLAINTEXT)
        sealed = seal(plain, pushes.text("hi"), door.clock.now)
        query = {**sealed.query, "encrypt_type": "raw", "msg_signature": "x"}
        assert door.post(query, sealed.body) == FORBIDDEN

    def test_in_compatible_mode_only_the_encrypted_part_counts(self, open_door: OpenDoor) -> None:
        door = open_door(Mode.COMPATIBLE)
        sealed = seal(door.account, pushes.text("hello"), door.clock.now)
        response = door.post(sealed.query, sealed.body.replace("hello", "forged"))
        document = open_reply(door.account, response.body.encode()).decode()
        assert "hello" in document
        assert "forged" not in document

    def test_a_reply_to_an_encrypted_push_is_encrypted(self, open_door: OpenDoor) -> None:
        for mode in (Mode.COMPATIBLE, Mode.SAFE):
            assert "hello" not in open_door(mode).push(pushes.text("hello")).body


class TestRedelivery:
    """WeChat sends a push again just as it was."""

    def test_it_is_no_replay_to_be_refused(self, open_door: OpenDoor) -> None:
        door = open_door()
        sealed = seal(door.account, pushes.text("hi"), door.clock.now)
        first = door.post(sealed.query, sealed.body)
        door.clock.sleep(10)
        assert first.status == door.post(sealed.query, sealed.body).status == 200

    def test_a_push_keeps_its_identity(self, open_door: OpenDoor) -> None:
        door = open_door()
        click = pushes.click("KEY")
        assert said(door, click) == said(door, click)
        assert said(door, click) != said(door, pushes.click("KEY").by("oBob"))


class TestWhateverElseGoesWrong:
    """Never JSON, a trace, or an error status."""

    @pytest.fixture
    def broken(self, open_door: OpenDoor, monkeypatch: pytest.MonkeyPatch) -> Door:
        door = open_door()

        def fail() -> None:
            raise RuntimeError(" ".join(["something", "private"]))

        monkeypatch.setattr(bootstrap, "pushes", fail)
        return door

    def test_a_push_is_success(self, broken: Door) -> None:
        assert broken.push(pushes.text("hi")) == SUCCESS
        assert broken.counted("PushFailed") == 1
        assert "something private" not in broken.log_text

    def test_a_verification_is_forbidden(self, broken: Door) -> None:
        assert broken.verify() == FORBIDDEN


def test_an_account_that_says_nothing_answers_success(open_door: OpenDoor) -> None:
    assert open_door(routes=Routes()).push(pushes.text("hi")) == SUCCESS
