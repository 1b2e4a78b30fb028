"""What must hold of streams, of long jobs, and of what users cancel."""

import json
from collections.abc import Iterator

from chalicelib.delivery.watch import BEATEN

from . import facts
from .crowd import CANCELLABLE, STREAMS
from .happenings import Work
from .world import World

OF_WECHAT = ("TryLater", "Uncertain", "ApiError", "TokenRejected", "OperatorMustAct")
"""What a call to WeChat raises that sends a part."""
SOON = 40
"""Seconds within which cancelled work ends, whatever it waits for."""
LATER = 8
"""Seconds after a long job's last beat has ended until it surely runs again."""
HELD = 0.01
"""Seconds in which a long job is held; a process that is killed before that could not hold it."""


def overrun_runs_once(world: World) -> Iterator[str]:
    """A handler that took too long is not run again."""
    for push in world.pushes:
        overran = [
            work
            for work in world.story.works
            if work.push == push.number and work.cause == "Overran" and not work.process.faults
        ]
        for work in overran:
            later = [run for run in push.runs if run.process.began > work.ended]
            if later and world.story.first_redriven is None:
                yield f"{push.name}: its handler ran again, though it had taken too long"


def ends_before_lambda(world: World) -> Iterator[str]:
    """A handler is ended before Lambda would end its process."""
    for push in world.pushes:
        for run in push.runs:
            work = world.story.facts.get(run.process)
            by_lambda = run.process.out_of_time and run.process.faults == {"killed"}
            in_handler = isinstance(work, Work) and run.said is None
            if by_lambda and in_handler and run.process.delay < 1:
                yield f"{push.name}: its handler was killed by Lambda"


def nothing_after_cancel(world: World) -> Iterator[str]:
    """Nothing that the user cancelled is put any more, nor an apology for it."""
    for cancelled in world.story.cancelled:
        for put in world.story.lines.put(cancelled.user):
            push = facts.of_push(world, put.mark)
            if put.job is None or put.at <= cancelled.at or not push:
                continue
            arrival = json.loads(world.story.jobs[put.job])["arrival"]
            if push.kind in CANCELLABLE and arrival < cancelled.arrival:
                yield f"{put.mark} was put after {cancelled.user} had cancelled it"
        for at, identity in world.story.apologies:
            push = next((push for push in world.pushes if push.identity == identity), None)
            if push and push.user == cancelled.user and push.kind in CANCELLABLE:
                jobs = [float(str(job["arrival"])) for job in facts.bodies(world, push)]
                if at > cancelled.at and max(jobs) < cancelled.arrival:
                    yield f"{push.name}: its user read an apology for what they cancelled"


def cancelled_ends_soon(world: World) -> Iterator[str]:
    """What is cancelled does not run on."""
    for cancelled in world.story.cancelled:
        for work in world.story.works:
            push = world.pushes[work.push]
            of_it = work.user == cancelled.user and not work.mail and push.kind in CANCELLABLE
            before = json.loads(world.story.jobs[work.job])["arrival"] < cancelled.arrival
            runs = [run for run in push.runs if run.process is work.process]
            late = work.ended > max(cancelled.at, work.began) + SOON
            if of_it and before and runs and late and not work.process.faults:
                yield f"{push.name}: ran on for {work.ended - cancelled.at:.0f} s after the cancel"


def killed_comes_again(world: World) -> Iterator[str]:
    """A long job whose worker is killed is tried again about 90 seconds later."""
    for one, other in facts.tries(world):
        if not one.long or not one.killed or one.process.out_of_time:
            continue
        crowded = any(one.ended <= at <= other.began for at in world.story.crowded)
        excused = crowded or "queue" in one.process.faults or one.ended <= one.begun + HELD
        if not excused and other.began > one.ended + BEATEN + LATER:
            waited = other.began - one.ended
            yield f"{world.pushes[one.push].name}: came again after {waited:.0f} s"


def stream_session_is_written(world: World) -> Iterator[str]:
    """A stream that ended has changed its user's session once, one that did not has not."""
    for push in world.pushes:
        if push.kind not in STREAMS or facts.cancels(world, push) or push.user in world.story.gone:
            continue
        item = world.table.items.get(f"session#{push.user}")
        counted = json.loads(str(item["data"])).get(f"seen {push.number}", 0) if item else 0
        ended = push.identity in world.story.delivered
        if counted != ended:
            yield f"{push.name}: counted {counted} times, and ended: {ended}"


def wechat_stops_no_stream(world: World) -> Iterator[str]:
    """A handler does not run again because a part could not be sent."""
    for push in world.pushes:
        if push.kind not in STREAMS or facts.cancels(world, push):
            continue
        for run in push.runs:
            cause = facts.cause(world, run.process)
            if run.said is None and run.ended and cause in OF_WECHAT:
                yield f"{push.name}: its handler was stopped by {cause}"


def cancelled_runs_once(world: World) -> Iterator[str]:
    """What was cancelled is not begun again."""
    for cancelled in world.story.cancelled:
        for push in world.pushes:
            jobs = [float(str(job["arrival"])) for job in facts.bodies(world, push)]
            of_it = push.user == cancelled.user and push.kind in CANCELLABLE
            if not of_it or not jobs or max(jobs) >= cancelled.arrival:
                continue
            for run in push.runs[1:]:
                if run.began > cancelled.at + 1:
                    yield f"{push.name}: began again after the cancel"


LONG_CHECKS = (
    stream_session_is_written,
    wechat_stops_no_stream,
    cancelled_runs_once,
    overrun_runs_once,
    ends_before_lambda,
    nothing_after_cancel,
    cancelled_ends_soon,
    killed_comes_again,
)
