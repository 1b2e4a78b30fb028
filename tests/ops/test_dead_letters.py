"""`dead-letters` shows what no try could deliver, but no user, and sends it back."""

import re
import time

import boto3
import pytest

from chalicelib.delivery.jobs import Job
from ops import logs
from tests.ops.letters import DEAD, WROTE, bury, bury_in, log, queue, waiting
from tests.ops.operator import Operator


def test_the_list_tells_age_route_tries_and_why_and_nothing_of_the_user(
    standing: Operator,
) -> None:
    bury(standing, "a" * 64)
    _, worker, *_ = logs.groups(standing.target)
    log(
        standing,
        worker,
        event=DEAD,
        level="ERROR",
        JobDead=1,
        identity="a" * 64,
        tries=5,
        cause=["ValueError", "  File ..."],
    )
    shown = standing.types("dead-letters", "list")
    for words in ("a" * 12, "2 h", "weather.forecast", "text", "5", "ValueError"):
        assert words in shown.stdout
    assert "behind" not in shown.stderr
    assert "oUser" not in shown.output
    assert WROTE not in shown.output
    (listed,) = standing.reads("dead-letters", "list")
    assert listed["tries"] == 5
    assert listed["why"] == "ValueError"


def test_looking_leaves_them_where_they_are(standing: Operator) -> None:
    bury(standing, "a" * 64)
    for _ in range(3):
        assert len(standing.reads("dead-letters", "list")) == 1


def test_where_there_are_none_it_says_so(standing: Operator) -> None:
    assert "No dead letters" in standing.types("dead-letters", "list").stderr
    assert standing.reads("dead-letters", "list") == []


def test_what_the_user_wrote_is_shown_only_on_demand(standing: Operator) -> None:
    bury(standing, "b" * 64)
    plain = standing.types("dead-letters", "show", "bbbb")
    assert plain.exit_code == 0, plain.output
    assert "weather.forecast" in plain.stdout
    assert WROTE not in plain.stdout
    assert "oUser" not in plain.stdout
    revealed = standing.types("dead-letters", "show", "bbbb", "--reveal")
    assert WROTE in revealed.stdout
    assert "oUser" in revealed.stdout


def test_one_goes_back_into_its_group_under_a_new_deduplication_id(standing: Operator) -> None:
    bury(standing, "c" * 64)
    bury(standing, "d" * 64, "oOther")
    result = standing.types("dead-letters", "redrive", "cccc", "--yes")
    assert result.exit_code == 0, result.output
    (job,) = waiting(standing.target.settings.jobs_queue)
    assert job["identity"] == "c" * 64
    assert job["attributes"]["MessageGroupId"] == "oUser"
    assert job["attributes"]["MessageDeduplicationId"] != "c" * 64
    assert [each["identity"] for each in waiting(standing.target.queues[0].dead_letters)] == [
        "d" * 64
    ]


def test_all_go_back_each_users_in_order(standing: Operator) -> None:
    identities = [f"{number:064x}" for number in range(12)]
    for identity in identities:
        bury(standing, identity)
    result = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert result.exit_code == 0, result.output
    assert "Back in the queue: 12" in result.stderr
    assert waiting(standing.target.queues[0].dead_letters) == []
    back = [each["identity"] for each in waiting(standing.target.settings.jobs_queue)]
    assert back == identities[:10]


def test_those_of_the_long_queue_are_listed_too_and_go_back_into_that(standing: Operator) -> None:
    jobs, long_jobs = standing.target.queues
    bury(standing, "a" * 64)
    task = Job("b" * 64, "", time.time(), "morning", "weather.digest", task="[]")
    bury_in(long_jobs, task)
    _, _, long_worker, *_ = logs.groups(standing.target)
    log(standing, long_worker, event=DEAD, JobDead=1, identity="b" * 64, cause=["ValueError"])
    _, listed = standing.reads("dead-letters", "list")
    assert (listed["queue"], listed["why"]) == (long_jobs.name, "ValueError")
    assert (listed["route"], listed["what"]) == ("weather.digest", "a task")
    result = standing.types("dead-letters", "redrive", "--all", "--yes")
    assert result.exit_code == 0, result.output
    for number, each in enumerate((jobs, long_jobs)):
        assert [job["identity"] for job in waiting(each.name)] == ["ab"[number] * 64]
        assert waiting(each.dead_letters) == []


def test_those_that_wait_behind_ten_of_the_same_user_are_counted(standing: Operator) -> None:
    for number in range(12):
        bury(standing, f"{number:064x}")
    shown = standing.types("dead-letters", "list")
    assert len(shown.stdout.splitlines()) == 1 + 10
    assert "About 2 more wait behind these" in shown.stderr


def test_production_asks_before_anything_goes_back(standing: Operator) -> None:
    bury(standing, "e" * 64)
    assert standing.types("dead-letters", "redrive", "--all", answers="n\n").exit_code == 1
    assert len(waiting(standing.target.queues[0].dead_letters)) == 1


@pytest.mark.parametrize("words", [[], ["eeee", "--all"]])
def test_redrive_wants_one_or_all(standing: Operator, words: list[str]) -> None:
    assert standing.types("dead-letters", "redrive", *words, "--yes").exit_code == 2


def test_one_is_dropped_only_after_a_yes(standing: Operator) -> None:
    bury(standing, "f" * 64)
    assert standing.types("dead-letters", "drop", "ffff", answers="n\n").exit_code == 1
    assert len(waiting(standing.target.queues[0].dead_letters)) == 1
    assert standing.types("dead-letters", "drop", "ffff", answers="y\n").exit_code == 0
    assert waiting(standing.target.queues[0].dead_letters) == []


@pytest.mark.parametrize("words", [["show"], ["drop", "--yes"], ["redrive", "--yes"]])
def test_a_dead_letter_is_named_by_more_than_a_few_digits(
    operator: Operator, words: list[str]
) -> None:
    for identity in ("", "fff"):
        result = operator.types("dead-letters", *words, identity)
        assert result.exit_code == 2
        assert "first 4 digits" in result.stderr


def test_of_several_the_operator_has_to_say_which(standing: Operator) -> None:
    for last in "12":
        bury(standing, "a" * 63 + last)
    result = standing.types("dead-letters", "drop", "aaaa", "--yes")
    assert result.exit_code == 1
    assert "2 dead letters begin with aaaa" in result.stderr
    assert len(waiting(standing.target.queues[0].dead_letters)) == 2


def test_what_cannot_be_read_is_listed_all_the_same(standing: Operator) -> None:
    boto3.client("sqs").send_message(
        QueueUrl=queue(standing.target.queues[0].dead_letters),
        MessageBody="not ours",
        MessageGroupId="g",
        MessageDeduplicationId="1",
    )
    (listed,) = standing.reads("dead-letters", "list")
    assert listed["what"] == "unreadable"
    revealed = standing.reads("dead-letters", "show", listed["identity"], "--reveal")
    assert revealed["body"] == "not ours"


@pytest.mark.parametrize("command", ["show", "drop"])
def test_an_unknown_one_is_told(standing: Operator, command: str) -> None:
    result = standing.types("dead-letters", command, "1234")
    assert result.exit_code == 1
    assert "dead-letters list" in result.stderr


def test_a_stage_that_was_never_made_is_told_with_region_and_remedy(operator: Operator) -> None:
    result = operator.types("dead-letters", "list")
    assert result.exit_code == 1
    assert "us-east-1" in result.stderr
    assert "python -m ops up" in result.stderr


def test_a_push_is_followed_across_door_and_worker(standing: Operator) -> None:
    door, worker, *_ = logs.groups(standing.target)
    identity = "3f" * 32
    log(
        standing,
        door,
        event="push",
        identity=identity,
        kind="TextMessage",
        route="weather.forecast",
        outcome="queued",
        PushMilliseconds=3,
    )
    log(
        standing,
        worker,
        event="job",
        identity=identity,
        route="weather.forecast",
        outcome="sent",
        JobMilliseconds=40,
    )
    log(
        standing, worker, event="job", identity="00" * 32, route="x", outcome="y", JobMilliseconds=1
    )
    shown = standing.types("logs", identity[:8])
    assert shown.exit_code == 0, shown.output
    first, second = shown.stdout.splitlines()
    assert "TextMessage  weather.forecast  queued  3 ms" in first
    assert "job  weather.forecast  sent  40 ms" in second
    listed = standing.reads("logs", identity)
    assert [each["event"] for each in listed] == ["push", "job"]


def test_lines_come_in_the_order_in_which_they_were_written(standing: Operator) -> None:
    door, worker, long_worker, *_ = logs.groups(standing.target)
    for ago, group, event in [(3, door, "first"), (2, worker, "second"), (1, long_worker, "third")]:
        log(standing, group, ago, event=event, identity="5c" * 32)
    listed = standing.reads("logs", "5c" * 32)
    assert [each["event"] for each in listed] == ["first", "second", "third"]


def test_without_an_identity_all_lines_of_the_last_hour_are_shown(standing: Operator) -> None:
    assert "Nobody has logged anything" in standing.types("logs").stderr
    door, worker, *_ = logs.groups(standing.target)
    log(standing, door, 4000, event="long ago", identity="5c" * 32)
    log(standing, door, 20, event="process started")
    log(standing, worker, 10, event="a job failed", identity="5c" * 32)
    assert [each["event"] for each in standing.reads("logs")] == ["process started", "a job failed"]
    assert "long ago" in standing.types("logs", "--since", "2h").stdout


def test_a_push_nobody_has_seen_is_told(standing: Operator) -> None:
    result = standing.types("logs", "123456", "--since", "2h")
    assert result.exit_code == 1
    assert re.search(r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", result.stderr)
    assert "--since" in result.stderr
    assert "AWS_REGION" in result.stderr


@pytest.mark.parametrize("identity", ["12", "xyzxyz", '123456" }'])
def test_what_is_no_identity_is_refused(standing: Operator, identity: str) -> None:
    assert standing.types("logs", identity).exit_code == 2


def test_what_never_ends_is_no_json(operator: Operator) -> None:
    result = operator.types("logs", "123456", "--follow", "--json")
    assert result.exit_code == 2
    assert result.stdout == ""
