"""The problem that the page shows for a push, read from the lines of the log."""

from functools import reduce
from typing import Any

import pytest

from simulator.phone.problems import problem, raised

FRAME = '  File "/x/chalicelib/{}", line 21, in poem\n    raise'
DEAD: dict[str, Any] = {"event": "a job is dead", "JobDead": 1, "outcome": "dead"}
FAILED: dict[str, Any] = {"event": "a job failed", "JobFailed": 1, "outcome": "failed"}
DROPPED: dict[str, Any] = {
    "event": "an answer cannot be sent any more and was dropped",
    "AnswerDropped": 1,
    "reason": "nothing to do: the user does not follow the account (43004 require subscribe)",
}


def named(*entries: dict[str, Any]) -> str:
    told = reduce(lambda before, entry: problem(entry, before), entries, None)
    return told["name"] if told else ""


@pytest.mark.parametrize("outcome", ["sent", "silent", "done", "cancelled"])
def test_what_ends_well_or_is_cancelled_is_no_problem(outcome: str) -> None:
    assert named(FAILED) == "failed"
    assert named(FAILED, {"event": "job", "outcome": outcome}) == ""


@pytest.mark.parametrize("outcome", ["sent", "refused"])
def test_a_dropped_answer_stays_dropped_even_if_the_rest_succeeds(outcome: str) -> None:
    assert named(DROPPED, {"event": "job", "outcome": outcome}) == "dropped"


def test_an_answer_that_waits_is_shown_as_waiting_until_a_job_of_its_push_ends_well() -> None:
    assert named({"event": "job", "outcome": "waits"}) == "waiting"
    waits = {"AnswerWaiting": 2, "reason": "ask again (45047 out of response count limit)"}
    assert named(waits, {"event": "job", "outcome": "waits"}) == "waiting"
    assert named(waits, {"event": "job", "outcome": "drained"}) == ""


def test_a_dead_job_stays_dead_when_wechat_delivers_again() -> None:
    assert named(DEAD, {"event": "push", "outcome": "answered_before"}) == "dead"


def test_wechats_errcode_is_shown() -> None:
    told = problem(DROPPED, None)
    assert told
    assert told["errcode"] == "43004"


def test_an_exception_is_shown_with_its_place_in_the_handlers() -> None:
    cause = [
        "RuntimeError: no poem",
        FRAME.format("router.py"),
        "KeyError: '香蕉'",
        FRAME.format("handlers/poem.py"),
        FRAME.format("api.py"),
    ]
    assert raised(cause) == "KeyError: '香蕉' — poem.py:21"
    assert raised(["Killed"]) == "Killed"
    ended = [
        "Overran: it took more than 60 seconds",
        "Interrupted: ",
        FRAME.format("handlers/a.py"),
    ]
    assert raised(ended) == "Overran: it took more than 60 seconds — a.py:21"
    assert raised([]) == ""
