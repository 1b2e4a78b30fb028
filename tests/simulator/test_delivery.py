"""The simulator delivers again until it gets an answer in time, and verifies like the platform."""

import time
from dataclasses import replace

import pytest

from chalicelib.wechat.replies import (
    Text,
)
from simulator import pushes
from simulator.account import Account
from simulator.delivery import Rules, deliver, verify
from simulator.outcome import Failure
from tests.backends import Answer, Respond, backend, replying
from tests.patience import PATIENCE

ACCOUNT = Account.new()
PATIENT = Rules(limit=PATIENCE, pause=0)
HASTY = Rules(limit=1, pause=0)
LATE = Answer(delay=PATIENCE)


# --- Delivered again --------------------------------------------------------------------------


def test_late_answers_are_ignored_and_the_same_push_is_delivered_three_times() -> None:
    started = time.monotonic()
    with backend(LATE) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, HASTY)
        took = time.monotonic() - started
    assert took >= 3 * HASTY.limit
    assert outcome.fault
    assert [each.failure for each in outcome.exchanges] == [Failure.TOO_LATE] * 3
    first, *others = [(request.query, request.body) for request in server.requests]
    assert others == [first, first]


def test_an_answer_to_a_redelivery_counts_if_it_is_in_time() -> None:
    with backend(LATE, replying(ACCOUNT, Text("again"))) as server:
        outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, replace(HASTY, limit=3))
    assert outcome.reply == Text("again")
    assert [each.failure for each in outcome.exchanges] == [Failure.TOO_LATE, None]


def test_the_limit_is_for_the_whole_answer_and_not_for_each_byte() -> None:
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


def test_after_an_error_it_waits_and_tries_as_often_as_the_rules_say() -> None:
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


def test_a_backend_that_cannot_be_reached_is_a_fault() -> None:
    with backend() as server:
        pass
    outcome = deliver(ACCOUNT, pushes.text("hi"), server.url, PATIENT)
    assert [each.failure for each in outcome.exchanges] == [Failure.NOT_THERE] * 3
    assert f"无法连接后端 {server.url}，" in outcome.exchanges[0].reason
    assert outcome.fault


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
def test_anything_but_the_exact_echostr_in_time_fails_the_check(respond: Answer | Respond) -> None:
    with backend(respond) as server:
        assert not verify(ACCOUNT, server.url, HASTY)
