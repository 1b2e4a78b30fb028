"""What must hold of how workers do their jobs."""

from collections import Counter
from collections.abc import Iterator

from chalicelib.delivery.attempt import TRIES
from chalicelib.delivery.failing import PAUSES, PAUSES_FOR_OPERATOR

from . import facts
from .crowd import STREAMS
from .happenings import Work
from .workers import LONG_SECONDS, WORKER_SECONDS
from .world import World

GIVING_BACK = 0.1
"""Seconds in which a process ends that has just given its job back."""
REASONS = ("HandlerFailed", "Busy", "TokenRejected", "Overran")
"""What fails a try in fine weather; a token may end between two calls of another process."""
OPERATORS_CAUSES = ("OperatorMustAct", "TokenRefused", "SecretRefused")
"""What an operator has to fix before a try can succeed."""


def dead_letter_is_told(world: World) -> Iterator[str]:
    """A user who gets no answer gets the apology, once, if their messages are still open."""
    last: dict[int, list[Work]] = {}
    for work in world.story.works:
        at_last = {"Killed": TRIES + 1, "Overran": work.tries}.get(work.cause, TRIES)
        if work.failed and work.tries == at_last and not work.effects:
            last.setdefault(work.push, []).append(work)
    for number, works in last.items():
        push = world.pushes[number]
        window = push.window
        stored = any(mark.push == number for mark in facts.put_marks(world, push.user))
        if push.kind in STREAMS:
            stored = push.identity in world.story.delivered
        if facts.cancels(world, push):
            continue
        if not window or stored or push.kind in ("mail", "note", "more", "unknown"):
            continue
        if any(work.process.faults for work in world.story.works if work.push == number):
            continue
        told = [
            at
            for at, to in world.story.apologies
            if to in (push.identity, "failed")
            and any(work.began <= at <= work.ended for work in works)
        ]
        if not told and works[0].ended < push.at + window.seconds:
            yield f"{push.name}: the last try failed, and its user read no apology"
        if len(told) > 1:
            yield f"{push.name}: its user read the apology {len(told)} times"


def waits_in_place(world: World) -> Iterator[str]:
    """A worker that waits for another one spends no try on it, nor on what needs no work."""
    for work in world.story.works:
        excused = "table" in work.process.faults or facts.came_twice(world, work.job)
        if work.in_vain and work.tries <= TRIES and not excused:
            yield f"{world.pushes[work.push].name}: a try failed {work.in_vain}"
        if work.cause == "Busy" and work.ended - work.began < 35:
            yield f"{world.pushes[work.push].name}: a try was spent on waiting"


def one_at_a_time(world: World) -> Iterator[str]:
    """The queue gives out no job that a process still does, until that one gives it back."""
    for one, other in facts.tries(world):
        held = "queue" not in one.process.faults and not one.long
        if held and other.began < one.ended - GIVING_BACK:
            yield f"{world.pushes[one.push].name}: two processes had its job"


def fails_for_a_reason(world: World) -> Iterator[str]:
    """A try fails because of its handler or the weather."""
    for work in world.story.works:
        is_a_try = work.failed and work.tries <= TRIES and work.cause
        if is_a_try and not work.process.faults and work.cause not in REASONS:
            yield f"{world.pushes[work.push].name}: try {work.tries} failed, {work.cause}"


def gives_back(world: World) -> Iterator[str]:
    """A worker that fails gives the push back at once."""
    for work in world.story.works:
        if work.failed and work.left_lease and "table" not in work.process.faults:
            yield f"{world.pushes[work.push].name}: try {work.tries} failed and kept the push"


def lets_go(world: World) -> Iterator[str]:
    """A worker that ends holds no line."""
    for work in world.story.works:
        if work.left_hold and "table" not in work.process.faults:
            yield f"{world.pushes[work.push].name}: try {work.tries} ended and held the line"


def last_look_only_looks(world: World) -> Iterator[str]:
    """The last look runs no handler that ran, and puts an answer that a door kept.

    Unless a later delivery has said that answer.
    """
    for push in world.pushes:
        for run in push.runs[1:]:
            work = world.story.facts[run.process]
            if isinstance(work, Work) and work.tries > TRIES and not push.idempotent:
                yield f"{push.name}: its handler ran at the last look"
        item = world.table.items.get(f"push#{push.identity}", {})
        lasts = [
            work
            for work in world.story.works
            if work.push == push.number and work.tries > TRIES and not work.mail
        ]
        left = lasts and lasts[-1].failed and not lasts[-1].process.faults
        said = any(each.outcome == "replayed" for each in facts.deliveries(world, push))
        if left and item.get("answer") and not item["delivered"] and not said:
            yield f"{push.name}: its last look left the answer that a door kept"


def others_end_at_once(world: World) -> Iterator[str]:
    """When a job of a push is dead, its other jobs run nothing, and it is dead once."""
    for push in world.pushes:
        works = [work for work in world.story.works if work.push == push.number and not work.mail]
        dead = [work for work in works if work.outcome == "dead" and not work.process.faults]
        for work in works:
            later = dead and work.began > dead[0].ended and work.job != dead[0].job
            ran = any(run.process is work.process for run in push.runs)
            if later and ran and not facts.redriven(world, work):
                yield f"{push.name}: another job ran its handler when it was dead"
        told = Counter(work.job for work in dead if work.cause != "Busy")
        again = [job for job, times in told.items() if times > 1]
        if again:
            yield f"{push.name}: its jobs {again} died more than once"


def tries_end_soon(world: World) -> Iterator[str]:
    """A try that failed is followed by the next one after its pause, if a worker is free."""
    for one, other in facts.tries(world):
        if (
            one.failed
            and not one.killed
            and "queue" not in one.process.faults
            and one.tries < TRIES
            and not any(one.ended <= at <= other.began for at in world.story.crowded)
        ):
            pause = other.began - one.ended
            pauses = PAUSES_FOR_OPERATOR if one.cause in OPERATORS_CAUSES else PAUSES
            if pause > pauses[one.tries - 1] + 2:
                yield f"{world.pushes[one.push].name}: {pause:.0f} s after try {one.tries}"


def no_chat_waits_for_effects(world: World) -> Iterator[str]:
    """A job that answers begins soon, if no other one that answers this user is under way."""
    for user in world.users:
        works = [work for work in world.story.works if work.user == user and not work.effects]
        first = {work.job: work for work in reversed(works)}
        for job, work in first.items():
            since, began = world.story.queued_at[job], work.began
            others = [each for each in works if each.job != job and each.began < began]
            crowded = any(since <= at <= began for at in world.story.crowded)
            if began > since + 2 and not crowded and all(_is_over(each, since) for each in others):
                yield f"{world.pushes[work.push].name}: {began - since:.0f} s in the queue"


def _is_over(work: Work, now: float) -> bool:
    """Whether a try is over, and the time for which its job is hidden if it failed."""
    seconds = LONG_SECONDS if work.long else WORKER_SECONDS
    hidden = 2 * seconds if work.failed or work.killed else 0
    return work.ended + hidden < now


def slow_pushes_are_queued_once(world: World) -> Iterator[str]:
    """However often WeChat delivers it, a push of a slow route becomes one job."""
    for push in world.pushes:
        jobs = facts.bodies(world, push)
        redriven = world.story.first_redriven is not None
        if push.slow and facts.sends_throughout(world) and len(jobs) > 1 and not redriven:
            yield f"{push.name}: queued {len(jobs)} times"


WORK_CHECKS = (
    dead_letter_is_told,
    waits_in_place,
    one_at_a_time,
    fails_for_a_reason,
    gives_back,
    lets_go,
    last_look_only_looks,
    others_end_at_once,
    tries_end_soon,
    no_chat_waits_for_effects,
    slow_pushes_are_queued_once,
)
