"""What is known about a run afterwards."""

import json
from collections.abc import Iterator
from itertools import pairwise

from .crowd import EARLIER, Mark, Push, marks
from .story import Delivery, Shown, Work, push_of
from .world import World

LONG = 3.5
"""Seconds of a handler from which it may have kept its delivery from being answered in time."""
HELD_UP = 0.3
"""Seconds of bad weather from which the same may be said of it."""


# --- How a push ended -------------------------------------------------------------------------


def ending(world: World, push: Push) -> str:
    """In a word, what became of a push."""
    read = {each.mark for each in shown(world, push)}
    kept = {mark for mark in waiting(world, push.user) if mark.push == push.number}
    dropped = world.story.metrics["AnswerDropped", push.number]
    for run in {mark.run for mark in read | kept}:
        told = {mark.part for mark in read | kept if mark.run == run}
        if len(told) == push.parts:
            return "answered"
        if dropped and len(told) + dropped >= push.parts:
            return "dropped"
    if push.kind == "unknown" or any(run.said == 0 for run in push.runs):
        return "silent"
    if push.number in map(push_of, world.queue.dead):
        return "dead"
    if dropped >= push.parts:
        return "dropped"
    if carried_away(world, push.number):
        return "lost with its carrier"
    return "nothing" if taken(world, push) else "nothing taken"


def ended(world: World, push: Push) -> bool:
    return not ending(world, push).startswith("nothing")


def carried_away(world: World, number: int, run: int = 0) -> bool:
    """Whether it went with the answer to a later push that is dead, dropped or never taken."""
    for carrier in world.pushes:
        item = world.table.items.get(f"push#{carrier.identity}")
        carried = (marks(str(item["answer"])) + marks(str(item.get("fetched", "")))) if item else []
        if not any(mark.push == number and run in (0, mark.run) for mark in carried):
            continue
        dropped = world.story.metrics["AnswerDropped", carrier.number]
        dead = carrier.number in map(push_of, world.queue.dead)
        if dropped or dead or not taken(world, carrier):
            return True
    return False


def idempotent(world: World, mark: Mark) -> bool:
    return mark.push != EARLIER and world.pushes[mark.push].idempotent


# --- Facts ------------------------------------------------------------------------------------


def deliveries(world: World, push: Push) -> list[Delivery]:
    return [each for each in world.story.deliveries if each.push == push.number]


def taken(world: World, push: Push) -> bool:
    return any(delivery.taken for delivery in deliveries(world, push))


def shown(world: World, push: Push) -> list[Shown]:
    return [each for each in world.story.shown if each.mark.push == push.number]


def waiting(world: World, user: str) -> list[Mark]:
    line = world.table.items.get(f"waiting#{user}")
    outbox = world.table.items.get(f"outbox#{user}")
    left_over = marks(str(outbox["waiting"])) if outbox else []
    return left_over + (marks(str(line["parts"])) if line else [])


def queued(world: World) -> set[int]:
    return {push_of(body) for body in world.story.jobs}


def arrivals(world: World, push: Push) -> list[float]:
    """When those deliveries came that have jobs which were taken."""
    jobs = [body for body in world.story.jobs if push_of(body) == push.number]
    return [json.loads(body)["arrival"] for body in jobs]


def had(delivery: Delivery, fault: str) -> bool:
    return delivery.process is not None and fault in delivery.process.faults


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


def came_twice(world: World, job: int) -> bool:
    tries = [work.tries for work in world.story.works if work.job == job]
    return len(set(tries)) < len(tries)


def tries(world: World) -> Iterator[tuple[Work, Work]]:
    """Each try of a job with the next one, where the queue handed each out once."""
    for job in range(len(world.story.jobs)):
        if not came_twice(world, job):
            yield from pairwise(work for work in world.story.works if work.job == job)
