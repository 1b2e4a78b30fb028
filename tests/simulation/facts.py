"""What is known about a run afterwards."""

import json
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from chalicelib.wechat.messages import ReplyWindow

from .crowd import CANCELLABLE, STREAMS, UNHANDLED, Push
from .happenings import Delivery, Shown, Work
from .kernel import Process
from .marks import EARLIER, SENT, Mark, marks
from .world import World

LONG = 3.5
"""Seconds of a handler from which it may have kept its delivery from being answered in time."""
HELD_UP = 0.3
"""Seconds of bad weather from which the same may be said of it."""


# --- How a push ended -------------------------------------------------------------------------


def ending(world: World, push: Push) -> str:
    """In a word, what became of a push."""
    there = {each.mark for each in shown(world, push)} | set(world.waiting(push.user))
    stored = [mark for mark in put_marks(world, push.user) if mark.push == push.number]
    for mark in (*there, *stored):
        if mark.push == push.number and there.issuperset(mark.all_parts):
            return "answered"
    if _was_cancelled(world, push):
        return "cancelled"
    if push.kind in STREAMS and push.number in dead(world):
        return "dead"
    return "dropped" if stored else _ending_without_answer(world, push)


def _ending_without_answer(world: World, push: Push) -> str:
    if not push.runs and push.kind in UNHANDLED:
        return "silent"
    if push.kind == "more" and push.identity in world.story.delivered:
        return "silent"
    if any(run.said == 0 for run in push.runs):
        return "silent"
    if push.number in dead(world):
        return "dead"
    if push.identity in world.story.delivered and dropped(world, push.user):
        return "dropped"
    if replied_in_vain(world, push):
        return "reply lost"
    return "nothing" if taken(world, push) else "nothing taken"


def cancels(world: World, push: Push) -> bool:
    """Whether the user cancelled what answers this push, or may have."""
    cancels = (each for each in world.story.cancelled if each.user == push.user)
    return push.kind in CANCELLABLE and any(each.arrival > push.at for each in cancels)


def _is_cancelled(world: World, mark: Mark) -> bool:
    push = of_push(world, mark)
    return push is not None and _was_cancelled(world, push)


def _was_cancelled(world: World, push: Push) -> bool:
    return cancels(world, push) and push.identity in world.story.delivered


def ended(world: World, push: Push) -> bool:
    return not ending(world, push).startswith("nothing")


# --- Parts ------------------------------------------------------------------------------------


def put_marks(world: World, user: str) -> list[Mark]:
    """All that was ever put into a user's line."""
    return [put.mark for put in world.story.lines.put(user)]


def lost(world: World, user: str) -> list[Mark]:
    """What was stored for a user, and is neither read nor in the line nor gone with a reply."""
    stored = dict.fromkeys(
        part for mark in put_marks(world, user) for part in stored_with(world, mark)
    )
    there = {each.mark for each in world.story.shown if each.user == user}
    there |= set(world.waiting(user))
    excused = {mark for mark in stored if _is_cancelled(world, mark)}
    return [
        mark for mark in stored if mark not in there | excused and not gone_with_reply(world, mark)
    ]


def stored_with(world: World, mark: Mark) -> tuple[Mark, ...]:
    """The parts that were stored with this one: of a stream it alone."""
    push = of_push(world, mark)
    return (mark,) if push and push.kind in STREAMS else mark.all_parts


def parts_of(world: World, marks: list[Mark]) -> set[str]:
    """The names that the marks had in a line last; a part may hold some."""
    return {world.story.lines.names.get(mark, str(mark)) for mark in marks}


def gone_with_reply(world: World, mark: Mark) -> bool:
    """Whether it is in a passive reply of which no delivery got through, or whose job is dead.

    Or a later delivery came to a door of the other mode, which did not look at the record.
    """
    return any(
        mark in kept(world, push)
        and (not taken(world, push) or push.number in dead(world) or switched(world, push))
        for push in world.pushes
    )


def switched(world: World, push: Push) -> bool:
    """Whether LATE_ANSWERS changed between two deliveries, and the record was not looked at.

    Or it was written after that: the write of a delivery that is given up may come late.
    """
    came = [each for each in deliveries(world, push) if each.process]
    blind = push.slow or any(each.process and "table" in faults(each.process) for each in came)
    return len({each.passive for each in came}) == 2 and blind


def replied_in_vain(world: World, push: Push) -> bool:
    own = any(mark.push == push.number for mark in kept(world, push))
    return own and not taken(world, push)


def kept(world: World, push: Push) -> list[Mark]:
    """What the record of a push holds."""
    item = world.table.items.get(f"push#{push.identity}", {})
    return marks(str(item.get("answer", "")) + str(item.get("fetched", "")))


def shown(world: World, push: Push) -> list[Shown]:
    return [each for each in world.story.shown if each.mark.push == push.number]


def firsts(world: World, user: str) -> list[Shown]:
    """What a user read, each part when they read it first."""
    read: dict[Mark, Shown] = {}
    for each in world.story.shown:
        if each.user == user:
            read.setdefault(each.mark, each)
    return list(read.values())


def of_push(world: World, mark: Mark) -> Push | None:
    """The push that a part answers; None for what came before, and for messages of handlers."""
    return world.pushes[mark.push] if mark.push < EARLIER else None


def idempotent(world: World, mark: Mark) -> bool:
    push = of_push(world, mark)
    return push is not None and push.idempotent


def dropped(world: World, user: str) -> int:
    return world.story.metrics["AnswerDropped", user]


def only_messages(world: World, user: str) -> bool:
    """Whether nothing but messages of the user opens what may be sent to them."""
    windows = [push.window for push in world.pushes if push.user == user]
    return all(window is ReplyWindow.MESSAGE for window in windows)


# --- Jobs and deliveries ----------------------------------------------------------------------


def dead(world: World) -> set[int]:
    """The pushes whose jobs are dead letters."""
    return {world.story.push_of(body) for body in world.dead if json.loads(body)["push"]}


def dead_letters(world: World, user: str) -> list[str]:
    return [body for body in world.dead if json.loads(body)["openid"] == user]


def sent_by(run_of: Push) -> Iterator[tuple[str, Mark]]:
    """The messages that handlers of a push gave to the queue, each with its user."""
    for number in dict.fromkeys(number for run in run_of.runs for number in run.sent):
        place = (number - SENT - 10 * run_of.number) % len(run_of.mails)
        yield run_of.mails[place], Mark(number, 1, 1, 1)


def deliveries(world: World, push: Push) -> list[Delivery]:
    return [each for each in world.story.deliveries if each.push == push.number]


def taken(world: World, push: Push) -> bool:
    return any(delivery.taken for delivery in deliveries(world, push))


def bodies(world: World, push: Push) -> list[dict[str, object]]:
    """The jobs that bring a push; those of its effects and its messages are others."""
    jobs = map(_read, world.story.jobs)
    return [job for job in jobs if job["identity"] == push.identity and job["route"] != ":effects"]


@lru_cache(maxsize=1024)
def _read(body: str) -> dict[str, object]:
    """A job, which many checks look at for each push."""
    job: dict[str, object] = json.loads(body)
    return job


def passive_throughout(world: World) -> bool:
    return world.passive and not world.switched


def sends_throughout(world: World) -> bool:
    return not world.passive and not world.switched


def troubled(delivery: Delivery) -> bool:
    process = delivery.process
    if process is None or delivery.lost or delivery.killed or process.faults:
        return True
    return process.delay >= HELD_UP


def handling(deliveries: list[Delivery]) -> float:
    return sum(each.process.handling for each in deliveries if each.process is not None)


def failed_by_itself(delivery: Delivery) -> bool:
    process = delivery.process
    if process is None or delivery.lost or delivery.killed:
        return True
    unsure = delivery.cause == "Unsure" and "table" in process.faults
    return unsure or "queue" in process.faults or process.delay >= HELD_UP


def slow(delivery: Delivery) -> bool:
    assert delivery.process is not None
    return delivery.process.handling >= LONG or delivery.outcome == "waiting"


def redriven(world: World, work: Work) -> bool:
    first = world.story.first_redriven
    return first is not None and work.job >= first


def is_long(world: World, job: int) -> bool:
    return any(work.long for work in world.story.works if work.job == job)


def came_twice(world: World, job: int) -> bool:
    tries = [work.tries for work in world.story.works if work.job == job]
    return len(set(tries)) < len(tries)


def tries(world: World) -> Iterator[tuple[Work, Work]]:
    """Each try of a job with the next one, where the queue handed each out once."""
    for job in range(len(world.story.jobs)):
        if not came_twice(world, job):
            yield from pairwise(work for work in world.story.works if work.job == job)


def faults(process: Process | None) -> set[str]:
    return process.faults if process else set()


def cause(world: World, process: Process) -> str:
    """The type of what made a delivery or a try fail; empty if nothing did."""
    fact = world.story.facts.get(process)
    return fact.cause if fact else ""
