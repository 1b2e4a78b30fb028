"""A process is killed with SIGKILL in the middle of a job; the next one ends the job."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import TypeAlias

import pytest

from chalicelib.delivery.watch import HELD_AFTER
from chalicelib.wechat.replies import Text
from simulator.faults import API_CUT_BEFORE, API_LATENCY, Fault
from simulator.platform.message_calls import SEND
from simulator.platform.world import Received
from tests import project
from tests.patience import wait_until
from tests.worked import Stage, stage

HANDLERS = """
import time
from pathlib import Path
from chalicelib.delivery import handling
from chalicelib.delivery.watch import HELD_AFTER
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text

handling.ROOM = -60.0  # only the end of its process ends a handler
router = Router("test")

def answer_of(message: TextMessage) -> Reply:
    began = Path(f"{message.content} began")
    if not began.exists():
        time.sleep(HELD_AFTER + 0.2)
        began.touch()
        time.sleep(600)
    return Text("answer")

@router.on(TextMessage, content="slow", slow=True)
def slow(message: TextMessage, ctx: Context) -> Reply:
    return answer_of(message)

@router.on(TextMessage, content="overdue", slow=True)
def overdue(message: TextMessage, ctx: Context) -> Reply:
    return answer_of(message)

@router.on(TextMessage, content="long", slow=True)
def long(message: TextMessage, ctx: Context) -> list[Reply]:
    return [Text("one"), Text("two"), Text("three")]

routes = Routes(router)
"""
LATENCY = 5
HELD = HELD_AFTER + 0.2
"""Seconds after which a job that goes on is held, and comes again soon when its worker is dead."""

Kill: TypeAlias = Callable[[Stage], None]


@dataclass(frozen=True)
class Story:
    """What came of it."""

    said: list[str]
    repeated: float
    tries_failed: float


def while_the_handler_runs(stage: Stage) -> None:
    """The push is claimed, and nothing of it is sent."""
    stage.write("slow")
    with stage.worker(seconds=8):
        wait_until((stage.project / "slow began").exists)
    assert not stage.record()["delivered"]


def when_its_time_is_over(stage: Stage) -> None:
    """The handler goes on for longer than its function may."""
    stage.write("overdue")
    with stage.worker(seconds=3):
        wait_until(lambda: "worker: Task timed out after 3.00 seconds" in stage.log_text)
    assert (stage.project / "overdue began").exists()
    assert not stage.record()["delivered"]


def while_a_part_is_in_flight(stage: Stage) -> None:
    """The first part is gone; WeChat takes the second one after its sender has died."""
    kill_with_part_two_in_flight(stage)
    wait_until(lambda: stage.said() == ["one", "two"])
    assert stage.waiting() == 2


def before_the_second_part_has_left(stage: Stage) -> None:
    """The first part is gone; of the second one, WeChat gets nothing."""
    kill_with_part_two_in_flight(stage, API_CUT_BEFORE)
    wait_until(lambda: stage.side.world.calls[-1].errcode is None)
    assert stage.waiting() == 2
    stage.side.world.faults.turn_off(API_CUT_BEFORE)


def kill_with_part_two_in_flight(stage: Stage, *faults: Fault) -> None:
    """Kills the worker while WeChat has the second part, but has not looked at it yet."""
    world = stage.side.world

    def trouble(received: Received) -> None:
        if received.message == Text("one"):
            world.faults.turn_on(API_LATENCY, LATENCY)
            for fault in faults:
                world.faults.turn_on(fault)

    world.listeners.append(trouble)
    stage.write("long")
    with stage.worker(seconds=8):
        wait_until(lambda: stage.waiting() == 2)
        wait_until(lambda: SEND in world.in_flight)
        sleep(HELD)


@pytest.fixture(scope="module")
def stories(tmp_path_factory: pytest.TempPathFactory, aws: str) -> Iterator[dict[Kill, Story]]:
    """All of them at once, because they mostly wait for a dead owner's lease or hold to end."""
    copied = project.copy_to(tmp_path_factory.mktemp("kill") / "project")
    project.save_handlers(copied, HANDLERS)
    kills = (
        while_the_handler_runs,
        when_its_time_is_over,
        while_a_part_is_in_flight,
        before_the_second_part_has_left,
    )
    with ThreadPoolExecutor() as threads:
        told: dict[Kill, Future[Story]] = {
            kill: threads.submit(told_of, kill, copied) for kill in kills
        }
        yield {kill: story.result() for kill, story in told.items()}


def told_of(kill: Kill, copied: Path) -> Story:
    """Kills a process, starts another one, and waits until the push is delivered."""
    with stage(copied) as killed:
        kill(killed)
        killed.side.world.faults.turn_off(API_LATENCY)
        with killed.worker():
            wait_until(lambda: killed.counted("JobMilliseconds"))
        assert killed.record()["delivered"]
        return Story(killed.said(), killed.counted("PartRepeated"), killed.counted("JobFailed"))


@pytest.mark.parametrize("kill", [while_the_handler_runs, when_its_time_is_over])
def test_an_answer_that_was_not_begun_comes_once(stories: dict[Kill, Story], kill: Kill) -> None:
    assert stories[kill] == Story(["answer"], repeated=0, tries_failed=0)


def test_only_the_part_in_flight_comes_twice_and_the_log_says_so(
    stories: dict[Kill, Story],
) -> None:
    story = stories[while_a_part_is_in_flight]
    assert story.said == ["one", "two", "two", "three"]
    assert story.repeated == 1


def test_a_part_that_did_not_leave_comes_once_with_all_others_in_order(
    stories: dict[Kill, Story],
) -> None:
    story = stories[before_the_second_part_has_left]
    assert story.said == ["one", "two", "three"]
    assert story.repeated == 1  # for nobody can know
