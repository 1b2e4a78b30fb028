"""`dead-letters redrive --all` takes ten at a time, ends, loses none, and can be interrupted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from chalicelib.delivery.jobs import Job
from tests.ops import refusals
from tests.ops.letters import bury, bury_in, queue, waiting
from tests.ops.operator import Operator


@contextmanager
def aws_does(operation: str, moment: str, act: Callable[..., Any]) -> Iterator[None]:
    """Calls `act` at a moment of each call of `operation`, as botocore names both."""
    events = boto3.client("sqs").meta.events
    name = f"{moment}.sqs.{operation}"
    events.register(name, act)
    try:
        yield
    finally:
        events.unregister(name, act)


@contextmanager
def refusing_first(operation: str) -> Iterator[None]:
    """AWS does nothing with the first entry of each batch, and says so."""

    def take_out(params: dict[str, Any], **_: Any) -> None:
        params["Entries"] = params["Entries"][1:]

    def say(parsed: dict[str, Any], **_: Any) -> None:
        refusal = {"Id": "0", "SenderFault": False, "Code": "InternalError"}
        parsed["Failed"] = [*parsed.get("Failed", []), refusal]

    with (
        aws_does(operation, "provide-client-params", take_out),
        aws_does(operation, "after-call", say),
    ):
        yield


def bury_many(operator: Operator, number: int) -> list[str]:
    """So many jobs of different users die; returns what they are called."""
    names = [f"{each:064x}" for each in range(number)]
    for each in names:
        bury(operator, each, f"oUser{each}")
    return names


def names_in(name: str) -> list[str]:
    """The first ten jobs that wait in a queue."""
    return sorted(each["identity"] for each in waiting(name))


def how_many(name: str) -> int:
    """All messages of a queue that nobody reads."""
    answer = boto3.client("sqs").get_queue_attributes(
        QueueUrl=queue(name), AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def test_many_go_back_in_requests_of_ten(standing: Operator) -> None:
    bury_many(standing, 25)
    asked: list[str] = []
    with (
        aws_does("SendMessageBatch", "before-call", lambda **_: asked.append("send")),
        aws_does("DeleteMessageBatch", "before-call", lambda **_: asked.append("delete")),
    ):
        result = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert result.exit_code == 0, result.output
    assert asked == ["send", "delete"] * 3
    assert how_many(standing.target.settings.jobs_queue) == 25


def test_one_that_is_named_as_the_list_does_is_found_without_reading_all(
    standing: Operator,
) -> None:
    bury(standing, "a" * 64)
    bury_many(standing, 35)
    asked: list[str] = []
    with aws_does("ReceiveMessage", "before-call", lambda **_: asked.append("ten")):
        result = standing.types("dead-letters", "redrive", "a" * 12, "--yes")
    assert result.exit_code == 0, result.output
    assert names_in(standing.target.settings.jobs_queue) == ["a" * 64]
    assert len(asked) <= len(standing.target.queues) + 1


def test_how_many_are_done_is_told_meanwhile_on_a_terminal_alone(
    standing: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    bury_many(standing, 3)
    silent = standing.types("dead-letters", "redrive", "--all", "--yes").stderr
    assert silent == "Back in the queue: 3.\n"
    for each in "abc":
        bury(standing, each * 64)
    monkeypatch.setenv("FORCE_COLOR", "1")
    result = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert "Back in the queue: 3 of about 3" in result.stderr


def test_an_interruption_is_told_and_the_next_run_continues(standing: Operator) -> None:
    bury_many(standing, 12)
    requests = iter(range(2))

    def interrupt(**_: Any) -> None:
        if next(requests):
            raise KeyboardInterrupt

    with aws_does("DeleteMessageBatch", "before-call", interrupt):
        first = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert first.exit_code == 1
    assert "Back in the queue: 10." in first.stderr
    assert "run it again, and it continues" in first.stderr
    again = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert "Back in the queue: 2." in again.stderr
    assert how_many(standing.target.queues[0].dead_letters) == 0
    assert how_many(standing.target.settings.jobs_queue) == 12, "none is there twice"


def test_what_aws_does_not_take_is_not_deleted(standing: Operator) -> None:
    names = bury_many(standing, 3)
    jobs = standing.target.queues[0]
    with refusing_first("SendMessageBatch"):
        result = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert result.exit_code == 1
    assert "Back in the queue: 2." in result.stderr
    assert "did not take 1 back (InternalError)" in result.stderr
    assert names_in(jobs.name) == names[1:]
    assert names_in(jobs.dead_letters) == names[:1]


def test_who_may_not_read_them_reads_the_refusal_alone(standing: Operator) -> None:
    bury_many(standing, 1)
    told = ("AccessDenied", "User: arn:aws:… is not authorized to perform: sqs:ReceiveMessage")
    with refusals.of_call(boto3.client("sqs"), "ReceiveMessage", *told):
        result = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert result.exit_code == 1
    assert "sqs:ReceiveMessage" in result.stderr
    assert "Back in the queue" not in result.stderr


def test_no_letter_overtakes_one_of_the_same_user_that_aws_did_not_take(standing: Operator) -> None:
    names = [f"{each:064x}" for each in range(4)]
    for each in names:
        bury(standing, each)
    bury(standing, "b" * 64, "oOther")
    jobs = standing.target.queues[0]
    with refusing_first("SendMessageBatch"):
        result = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert result.exit_code == 1
    assert names_in(jobs.name) == ["b" * 64]
    assert names_in(jobs.dead_letters) == names
    assert standing.types("dead-letters", "redrive", "--all", "--yes").exit_code == 0
    assert [each["identity"] for each in waiting(jobs.name)] == ["b" * 64, *names]


def test_tasks_of_one_lane_go_back_together(standing: Operator) -> None:
    for each in "abc":
        bury_in(standing.target.queues[1], Job(each * 64, "", 0, "morning", "digest", task="[]"))
    asked: list[str] = []
    with aws_does("SendMessageBatch", "before-call", lambda **_: asked.append("send")):
        assert standing.types("dead-letters", "redrive", "--all", "--yes").exit_code == 0
    assert asked == ["send"]


def test_what_aws_does_not_delete_waits_as_before(standing: Operator) -> None:
    names = bury_many(standing, 2)
    with refusing_first("DeleteMessageBatch"):
        result = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert result.exit_code == 1
    assert "sent 1 but did not delete them here (InternalError)" in result.stderr
    assert names_in(standing.target.queues[0].dead_letters) == names[:1]


def test_what_cannot_be_dropped_is_told(standing: Operator) -> None:
    bury(standing, "a" * 64)

    def refuse(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Failed"] = [{"Id": "0", "SenderFault": False, "Code": "InternalError"}]

    with aws_does("DeleteMessageBatch", "after-call", refuse):
        result = standing.types("dead-letters", "drop", "aaaa", "--yes")
    assert result.exit_code == 1
    assert "did not delete it (InternalError)" in result.stderr


def test_what_dies_again_at_once_does_not_go_back_for_ever(standing: Operator) -> None:
    bury_many(standing, 2)
    born = iter(range(100, 110))

    def die(**_: Any) -> None:
        bury(standing, f"{next(born):064x}")

    with aws_does("SendMessageBatch", "after-call", die):
        result = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert result.exit_code == 0, result.output
    assert "Back in the queue: 2." in result.stderr
    assert "About 1 wait here still, or again" in result.stderr


def test_the_list_shows_so_many_and_counts_the_rest(standing: Operator) -> None:
    bury_many(standing, 23)
    shown = standing.types("dead-letters", "list", "--limit", "12")
    assert len(shown.stdout.splitlines()) == 1 + 12
    assert "About 11 more wait behind these (--limit shows more)" in shown.stderr
    assert len(standing.reads("dead-letters", "list")) == 23


def test_the_list_ends_where_letters_show_again_before_all_are_seen(
    standing: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    bury_many(standing, 12)
    monkeypatch.setattr("ops.dead_letters._HELD", 0)
    assert len(standing.reads("dead-letters", "list")) in range(10, 13)
