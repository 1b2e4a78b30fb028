"""How far the answer to a push is, as its user and the backend's tables, queue and log show it."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from chalicelib.wechat.replies import Text
from local.log_file import kept
from simulator import pushes
from simulator.events import USER
from simulator.outcome import Exchange, Failure, Outcome
from simulator.phone.backend_view import BackendView
from simulator.phone.conversation import Late, Turn
from simulator.phone.progress import progress
from simulator.phone.tables import Tables
from simulator.platform.world import Received
from tests.backends import Backend
from tests.phone.client import ACCOUNT, answered
from tests.phone.work import queued, text, worked
from tests.simulated import client_of, wechat_side

ME = "a" * 64
REPLY = Text("a moment")
SILENCE = Exchange("", {}, "", "", milliseconds=20, at=100.0, status=200)


@dataclass
class FakeTables:
    """What is in the tables and queues, as `Tables` reads it."""

    line: Sequence[str] = ()
    """The names of the parts that wait."""
    jobs: dict[str, int] = field(default_factory=dict)
    """The tries of this push's job in each queue."""

    def items(self) -> list[dict[str, Any]]:
        parts = [{"name": name, "put": 0.0, "reply": {"kind": "text"}} for name in self.line]
        return [{"id": "waiting#o", "parts": json.dumps(parts)}]

    def messages(self) -> dict[str, list[dict[str, Any]]]:
        job = {"identity": ME, "openid": USER, "waiting": True}
        return {
            where: [{**job, "tries": self.jobs[where]}] if where in self.jobs else []
            for where in ("jobs", "dead")
        }

    def nothing(self) -> list[dict[str, Any]]:
        return []

    profiles = secrets = nothing


Keep = Callable[[str], str]
Look = Callable[[FakeTables], BackendView]


@pytest.fixture
def keep(tmp_path: Path) -> Keep:
    return kept(tmp_path / "worker.log")


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Looks at the log and at these tables; each call is another look of the same page."""
    shown = FakeTables()
    view = BackendView(lambda: cast("Tables", shown), tmp_path, lambda _: None)

    def looked(tables: FakeTables) -> BackendView:
        shown.line, shown.jobs = tables.line, tables.jobs
        asyncio.run(view.look())
        return view

    return looked


def turn(*exchanges: Exchange, said: str = "hi") -> Turn:
    push = replace(pushes.text(said), from_user_name=USER)
    return Turn(0, 1, 100.0, push, ACCOUNT, ME, exchanges, Outcome(exchanges))


def state(view: BackendView, turn: Turn, late: Sequence[Late] = ()) -> str:
    return str(progress(turn, late, view)["state"])


def came(at: float) -> Late:
    return Late(1, 2, at, Received(USER, Text("part")), cause=0)


def tried(outcome: str, **fields: object) -> str:
    return worked(time.time(), time.time(), ME, outcome=outcome, **fields)


def test_an_answer_counts_only_when_wechat_has_taken_it(look: Look) -> None:
    view = look(FakeTables())
    lost = replace(SILENCE, failure=Failure.TOO_LATE)
    assert state(view, turn(replace(SILENCE, reply=REPLY))) == "answered"
    assert state(view, turn(lost, replace(SILENCE, reply=REPLY))) == "answered"
    assert state(view, turn(lost, lost, lost)) == "fault"
    assert state(view, turn(SILENCE)) == "silent"
    under_way = replace(turn(lost), outcome=None)
    assert state(view, under_way) == "delivering"


def test_a_push_with_a_job_is_at_work_until_its_parts_have_come(look: Look, keep: Keep) -> None:
    push, parts = turn(replace(SILENCE, reply=REPLY)), [came(103.0), came(104.5)]
    keep(queued(ME))
    view = look(FakeTables(jobs={"jobs": 0}))
    assert progress(push, parts[:1], view) == {
        "state": "working",
        "milliseconds": None,
        "held": 0,
        "parts": 1,
    }
    keep(tried("sent"))
    ended = progress(push, parts, look(FakeTables()))
    assert (ended["state"], ended["milliseconds"], ended["parts"]) == ("sent", 4500, 2)


def test_a_dead_letter_is_dead_until_it_is_sent_again(look: Look, keep: Keep) -> None:
    push = turn(SILENCE)
    keep(tried("failed", JobFailed=1))
    assert state(look(FakeTables(jobs={"jobs": 1})), push) == "retrying"
    keep(tried("dead", JobDead=1))
    assert state(look(FakeTables(jobs={"jobs": 5})), push) == "dead"
    dead = look(FakeTables(jobs={"dead": 6}))
    assert progress(push, [], dead)["milliseconds"] is None
    assert state(dead, push, [came(130.0)]) == "dead"  # which was the apology
    assert state(look(FakeTables(jobs={"jobs": 0})), push) != "dead"
    keep(tried("sent"))
    assert state(look(FakeTables()), push, [came(200.0)]) == "sent"


def test_what_waits_in_a_line_is_held_and_not_sent(look: Look, keep: Keep) -> None:
    push = turn(SILENCE)
    keep(tried("waits"))
    waits = look(FakeTables(line=[f"{ME}.1", f"{ME}.2", f"{'b' * 64}.1"]))
    assert progress(push, [], waits) == {
        "state": "held",
        "milliseconds": None,
        "held": 2,
        "parts": 0,
    }
    assert state(look(FakeTables()), push) == "carried"


def test_what_wechat_refuses_for_good_has_not_been_sent(look: Look, keep: Keep) -> None:
    keep(tried("refused", AnswerDropped=1))
    assert state(look(FakeTables()), turn(SILENCE), [came(101.0)]) == "dropped"


@pytest.mark.parametrize(
    ("push", "shown"),
    [(pushes.text("hi"), "unrouted"), (pushes.view("https://example.com"), "unneeded")],
)
def test_only_where_wechat_shows_an_answer_is_a_route_missing(
    look: Look, keep: Keep, push: pushes.Push, shown: str
) -> None:
    line = {"time": 1.0, "level": "INFO", "event": "push", "identity": ME}
    keep(json.dumps({**line, "PushMilliseconds": 1, "outcome": "unanswered"}))
    assert state(look(FakeTables()), replace(turn(SILENCE), push=push)) == shown


def test_a_message_is_a_part_of_the_answer_for_which_it_was_sent(
    server: Backend, tmp_path: Path
) -> None:
    with wechat_side(ACCOUNT, server.url, run=tmp_path) as side, side.client() as phone:
        keep, api = kept(tmp_path / "worker.log"), client_of(side.address, ACCOUNT)
        identity = answered(phone, "slow")["identity"]
        answered(phone, "something else")
        began = time.time()
        api.send(USER, text("part"))
        keep(worked(began, time.time(), identity))
        assert phone.get("/turns/0").json()["parts"] == 1
        shown = phone.get("/conversation").json()["entries"]
        assert [each["cause"] for each in shown if "late" in each] == [0]
