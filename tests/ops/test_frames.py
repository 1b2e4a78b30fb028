"""Whoever looks for a fault reads the team's frames first, and a cause that comes again once."""

import boto3
import pytest

from ops import frames, logs
from tests.ops.letters import CAUSE, DEAD, bury, log, queue
from tests.ops.operator import Operator

IDENTITY = "7d" * 32


@pytest.fixture
def failed(standing: Operator) -> Operator:
    """An operator of a stage where a job was tried three times, and is dead."""
    _, worker, *_ = logs.groups(standing.target)
    about = {"identity": IDENTITY, "level": "ERROR", "cause": CAUSE}
    for ago in (30, 20):
        log(standing, worker, ago, event="a job failed", **about)
    log(standing, worker, 10, event=DEAD, JobDead=1, **about)
    bury(standing, IDENTITY)
    return standing


def test_logs_show_the_teams_frames_of_a_cause_once(failed: Operator) -> None:
    shown = failed.types("logs", IDENTITY[:8]).stdout
    assert shown.count('File "chalicelib/handlers/report.py", line 12, in write') == 1
    assert shown.count(frames.AGAIN) == 2
    assert "routing.py" not in shown
    every = failed.types("logs", IDENTITY[:8], "--frames").stdout
    assert every.count("routing.py") == 1
    told = failed.reads("logs", IDENTITY[:8])
    assert [each["cause"] for each in told] == [CAUSE] * 3, "whoever reads JSON gets all"


@pytest.mark.parametrize("options", [[], ["--frames"]])
def test_a_cause_is_shown_once_where_each_try_has_the_code_elsewhere(
    standing: Operator, options: list[str]
) -> None:
    """As in a rehearsal."""
    _, worker, *_ = logs.groups(standing.target)
    for number in range(3):
        code = f"/home/a b/.local/aws/ministack-lambda-wechalice-dev-worker-x{number}/code/"
        cause = [each.replace("/var/task/", code) for each in CAUSE]
        log(standing, worker, 30 - number, event="a job failed", identity=IDENTITY, cause=cause)
    shown = standing.types("logs", IDENTITY[:8], *options).stdout
    assert shown.count('File "chalicelib/handlers/report.py", line 12, in write') == 1
    assert shown.count(frames.AGAIN) == 2


def test_a_dead_letter_is_shown_with_the_teams_frames(failed: Operator) -> None:
    shown = failed.types("dead-letters", "show", IDENTITY[:8]).stdout
    assert 'File "chalicelib/handlers/report.py", line 12, in write' in shown
    assert "routing.py" not in shown
    assert "routing.py" in failed.types("dead-letters", "show", IDENTITY[:8], "--frames").stdout


def test_a_list_of_dead_letters_says_what_is_being_tried(standing: Operator) -> None:
    jobs, _ = standing.target.queues
    sqs, url = boto3.client("sqs"), queue(jobs.name)
    sqs.send_message(
        QueueUrl=url, MessageBody="any", MessageGroupId="1", MessageDeduplicationId="1"
    )
    sqs.receive_message(QueueUrl=url, VisibilityTimeout=60)
    shown = standing.types("dead-letters", "list").stderr
    assert "1 job is being tried now" in shown
    assert "No dead letters" in shown
