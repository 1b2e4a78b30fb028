"""`python -m local.worker` does what Lambda and SQS do between them, on MiniStack's real queue."""

from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from chalicelib.delivery import handling
from simulator.events import USER
from tests import project
from tests.patience import PATIENCE, wait_until
from tests.worked import IDENTITY, Stage, stage

HANDLERS = """
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from chalicelib.delivery import failing
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text

failing.PAUSES = (0, 0, 0, 0)
router = Router("test", apology="sorry")
others_are_answered = Path("others are answered")

def ran(ctx: Context) -> None:
    with Path("runs").open("a") as runs:
        runs.write(f"{ctx.identity} ")

@router.on(TextMessage, content="broken", slow=True)
def broken(message: TextMessage, ctx: Context) -> Reply:
    raise LookupError

@router.on(TextMessage, content="first", slow=True)
def first(message: TextMessage, ctx: Context) -> Reply:
    while not others_are_answered.exists():
        time.sleep(0.1)
    return Text("first")

@router.on(TextMessage, content="second", slow=True)
def second(message: TextMessage, ctx: Context) -> Reply:
    return Text("second")

@router.on(TextMessage, content="endless", slow=True)
def endless(message: TextMessage, ctx: Context) -> Reply:
    time.sleep(600)
    return Text("never")

@router.on(TextMessage, content="hanging", slow=True)
def hanging(message: TextMessage, ctx: Context) -> Reply:
    ran(ctx)
    ours, theirs = socket.socketpair()
    ours.recv(1)
    return Text("never")

@router.on(TextMessage, content="stubborn", slow=True, seconds=0.2)
def stubborn(message: TextMessage, ctx: Context) -> Reply:
    ran(ctx)
    while True:
        with suppress(BaseException):
            time.sleep(600)

@router.on(TextMessage, content="research", slow=True, long=True)
def research(message: TextMessage, ctx: Context) -> Reply:
    return Text("found")

@router.on(TextMessage, content="exits", slow=True)
def exits(message: TextMessage, ctx: Context) -> Reply:
    os._exit(3)

@router.on(TextMessage, content="where", slow=True)
def where(message: TextMessage, ctx: Context) -> Reply:
    return Text(threading.current_thread().name)

routes = Routes(router)
"""


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = project.copy_to(tmp_path_factory.mktemp("worker") / "project")
    project.save_handlers(copied, HANDLERS)
    return copied


@pytest.fixture
def running(copied: Path, aws: str) -> Iterator[Stage]:
    with stage(copied) as made:
        yield made


def test_a_job_that_fails_is_in_the_dead_letter_queue_after_its_tries(running: Stage) -> None:
    running.write("broken")
    running.write("second", identity="push-2")
    with running.worker():
        wait_until(lambda: "second" in running.said())
    assert running.dead() == [IDENTITY]
    assert running.said() == ["sorry", "second"]
    assert (running.counted("JobFailed"), running.counted("JobDead")) == (4, 1)


def test_one_users_answers_come_in_order_and_others_do_not_wait_for_them(running: Stage) -> None:
    running.write("first")
    running.write("second", identity="push-2")
    running.write("second", identity="push-3", openid="oBob")
    with running.worker():
        wait_until(lambda: running.side.world.sees_typing(USER))
        wait_until(lambda: [each.openid for each in running.side.world.received] == ["oBob"])
        (running.project / "others are answered").touch()
        wait_until(lambda: len(running.said()) == 3)
    assert running.said() == ["second", "first", "second"]


def test_the_jobs_of_long_routes_are_done_from_a_queue_of_their_own(running: Stage) -> None:
    running.write("research", queue="-long")
    with running.worker():
        wait_until(running.said)
    assert running.said() == ["found"]


def test_a_handler_that_ends_its_process_ends_no_other(running: Stage) -> None:
    running.write("exits")
    with running.worker():
        wait_until(lambda: "worker: Runtime exited with error: exit status 3" in running.log_text)
        running.write("where", identity="push-2", openid="oBob")
        wait_until(running.said)
    assert running.said() == ["MainThread"]
    assert running.dead() == []
    assert not running.record()["delivered"]


def test_a_handler_that_takes_too_long_is_ended_and_not_run_again(running: Stage) -> None:
    """One that waits for the network is interrupted; one that goes on ends with its process."""
    running.write("hanging", identity="hanging")
    running.write("stubborn", identity="stubborn", openid="oBob")
    with running.worker(seconds=handling.ROOM + 2):
        wait_until(lambda: sorted(running.dead()) == ["hanging", "stubborn"])
    assert sorted(each.openid for each in running.side.world.received) == sorted([USER, "oBob"])
    assert running.said() == ["sorry", "sorry"]
    assert sorted((running.project / "runs").read_text().split()) == ["hanging", "stubborn"]
    assert running.log_text.count("worker: Runtime exited with error: exit status 1") == 1


def test_told_to_end_it_puts_back_what_it_cannot_finish_without_counting_the_try(
    running: Stage,
) -> None:
    running.write("endless")
    with running.worker() as process:
        wait_until(running.record)
        process.terminate()
        assert process.wait(PATIENCE) == 0
    found = boto3.client("sqs").receive_message(
        QueueUrl=running.queue_url, MessageSystemAttributeNames=["ApproximateReceiveCount"]
    )
    counts = [each["Attributes"]["ApproximateReceiveCount"] for each in found["Messages"]]
    assert counts == ["1"]
