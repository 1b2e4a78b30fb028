"""What must hold of a run once everything in it has come to rest.

Each check looks at the facts and yields a sentence for each thing that is wrong.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeAlias

from chalicelib.delivery.handover import DEADLINE
from chalicelib.delivery.worker import PAUSES, PAUSES_FOR_OPERATOR, TRIES

from . import facts
from .story import Work, push_of
from .world import World

Check: TypeAlias = Callable[[World], Iterator[str]]


# --- The closing paragraph of the design ------------------------------------------------------


def answered_or_dead(world: World) -> Iterator[str]:
    """If WeChat took any of our answers, the push ended well, or its job is a dead letter."""
    for push in world.pushes:
        if facts.taken(world, push) and not facts.ended(world, push):
            yield f"{push.name}: WeChat took an answer of ours, but its user got none"


def job_brings_answer(world: World) -> Iterator[str]:
    """An answer comes also when no delivery got through, if its job did.

    Save when the table failed a delivery that handed over, when a later one gave the answer that
    counts, and all after that one failed as well.
    """
    for push in world.pushes:
        if push.number not in facts.queued(world) or facts.ended(world, push):
            continue
        item = world.table.items.get(f"push#{push.identity}")
        later = (
            item
            and item["answer"]
            and float(item["answering_arrival"]) > max(facts.arrivals(world, push))
        )
        if not (
            later
            and any(facts.had(delivery, "table") for delivery in facts.deliveries(world, push))
        ):
            yield f"{push.name}: its job was taken, but its user got no answer"


def answered_once(world: World) -> Iterator[str]:
    """No part of an answer is read twice, save an excused one."""
    for push in world.pushes:
        if push.idempotent:
            continue
        shown = sorted(facts.shown(world, push), key=lambda each: (each.mark.part, each.at))
        for one, other in pairwise(shown):
            if one.mark.part == other.mark.part and not one.excused:
                yield f"{push.name}: {push.user} read part {one.mark.part} twice"


def repetition_is_counted(world: World) -> Iterator[str]:
    """What may go again is flagged and counted, each time it does."""
    for push in world.pushes:
        if push.idempotent:
            continue
        messages = [each.mark for each in facts.shown(world, push)]
        counted = sum(
            count for (name, _), count in world.story.metrics.items() if name == "PartRepeated"
        )
        if len(messages) - len(set(messages)) > counted:
            yield f"{push.name}: a part went again, which nobody counted"


def fault_text(world: World) -> Iterator[str]:
    """The fault text is read only if every delivery failed by itself, few by a slow handler."""
    slow_allowed = 2 if world.passive else 1
    for push in world.pushes:
        if push.number not in world.story.faults_read:
            continue
        slow = 0
        for delivery in facts.deliveries(world, push):
            if facts.failed_by_itself(delivery):
                continue
            if facts.slow(delivery):
                slow += 1
            else:
                yield f"{push.name}: {delivery.name} failed for no reason"
        if slow > slow_allowed:
            yield f"{push.name}: a slow handler kept {slow} deliveries from being answered"


def queue_order(world: World) -> Iterator[str]:
    """Customer service messages of one user leave in the order in which the queue took them.

    Save when the queue hands a job out twice: the second one may outlive the job.
    """
    for user in {push.user: None for push in world.pushes}:
        shown = [each for each in world.story.shown if each.user == user]
        messages = [(each.job, each.mark) for each in shown if each.job is not None]
        for (one, before), (other, after) in pairwise(messages):
            if one > other and before.push != after.push and not facts.came_twice(world, other):
                yield f"{user} read {before} before {after}, which was queued before it"


def never_at_once(world: World) -> Iterator[str]:
    """A handler never runs twice at once for one push."""
    for push in world.pushes:
        if push.at_once and not push.idempotent:
            yield f"{push.name}: its handler ran twice at once"


# --- What else a user relies on ---------------------------------------------------------------


def part_order(world: World) -> Iterator[str]:
    """The parts of an answer come in order; in an outbox they stand in order (see `Story`)."""
    for push in world.pushes:
        if world.passive or push.idempotent:
            continue
        parts = [each.mark.part for each in facts.shown(world, push)]
        dropped = world.story.metrics["AnswerDropped", push.number]
        gaps = [other - one for one, other in pairwise([0, *parts])]
        if any(gap < 0 or gap > 1 + dropped for gap in gaps):
            yield f"{push.name}: {push.user} read parts in the order {parts}"


def one_answer(world: World) -> Iterator[str]:
    """All that a user reads comes from one run of the handler, word for word."""
    for push in world.pushes:
        runs = {each.mark.run for each in facts.shown(world, push)}
        if len(runs) > 1 and not push.idempotent:
            yield f"{push.name}: {push.user} read the answers of runs {runs}"


def session_counts_once(world: World) -> Iterator[str]:
    """A conversation moves on once for each push that has an answer."""
    for push in world.pushes:
        if push.kind not in ("session", "memory"):
            continue
        item = world.table.items.get(f"session#{push.user}")
        counted = json.loads(str(item["data"])).get(f"seen {push.number}", 0) if item else 0
        record = world.table.items.get(f"push#{push.identity}")
        kept = record and (record["answer"] or record["delivered"]) and record["owner"] != "ghost"
        expected = 1 if kept or facts.shown(world, push) else 0
        if counted != expected:
            yield f"{push.name}: counted {counted} times, not {expected}"


def outbox_intact(world: World) -> Iterator[str]:
    """What is put into an outbox is read once, or still there, or went with its carrier."""
    for user in {push.user: None for push in world.pushes if world.passive}:
        there = Counter(facts.waiting(world, user))
        for shown in world.story.shown:
            if shown.user == user and not facts.idempotent(world, shown.mark):
                there[shown.mark] += 1
        yield from (
            f"{user}: {mark} is there {count} times" for mark, count in there.items() if count > 1
        )
        for mark in world.story.earlier.get(user, ()):
            if not there[mark] and not facts.carried_away(world, mark.push, mark.run):
                yield f"{user}: {mark} is lost"


# --- How the work is done ---------------------------------------------------------------------


def answered_in_time(world: World) -> Iterator[str]:
    """A fast handler answers by the connection, if nothing else is wrong."""
    patience = 12.5 if world.passive else 4.0
    for push in world.pushes:
        deliveries = facts.deliveries(world, push)
        if not (push.fits and (world.passive or not push.slow)) or push.raises:
            continue
        if (
            any(facts.troubled(each) for each in deliveries)
            or facts.handling(deliveries) > patience
        ):
            continue
        if push.number in facts.queued(world):
            yield f"{push.name}: {facts.handling(deliveries):.1f} s, and yet it was queued"


def refused_at_the_deadline(world: World) -> Iterator[str]:
    """The queue is offered a job until the door's deadline."""
    for delivery in world.story.deliveries:
        if delivery.process is not None and delivery.outcome == "refused_by_queue":
            waited = delivery.process.refused - delivery.arrived
            if waited < DEADLINE - 0.1:
                yield f"{delivery.name} gave up after {waited:.1f} s"


def dead_letter_is_told(world: World) -> Iterator[str]:
    """A user who gets no answer gets the apology, once, if it can be sent."""
    last: dict[int, list[Work]] = {}
    for work in world.story.works:
        at_last = TRIES if work.cause != "Killed" else TRIES + 1
        if work.failed and work.tries == at_last and work.cause != "InDoubt":
            last.setdefault(work.push, []).append(work)
    for number, works in last.items():
        push = world.pushes[number]
        window = push.opened.push.reply_window
        item = world.table.items.get(f"push#{push.identity}", {})
        if not window or item.get("sent"):
            continue
        if any(work.process.faults for work in world.story.works if work.push == number):
            continue
        told = [
            at
            for at, to in world.story.apologies
            for work in works
            if work.began <= at <= work.ended and to in (push.identity, "failed")
        ]
        if not told and works[0].ended < push.at + window.seconds:
            yield f"{push.name}: the last try failed, and its user read no apology"
        if len(told) > 1:
            yield f"{push.name}: its user read the apology {len(told)} times"


def waits_in_place(world: World) -> Iterator[str]:
    """A worker that waits for another one spends no try on it, nor on what needs no work."""
    for work in world.story.works:
        if work.in_vain and work.tries <= TRIES and "table" not in work.process.faults:
            yield f"{world.pushes[work.push].name}: a try failed {work.in_vain}"
        if work.cause == "Busy" and work.ended - work.began < 50:
            yield f"{world.pushes[work.push].name}: a try was spent on waiting"


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


def tries_end_soon(world: World) -> Iterator[str]:
    """A try that failed is followed by the next one after its pause."""
    for one, other in facts.tries(world):
        if (
            one.failed
            and not one.killed
            and "queue" not in one.process.faults
            and one.tries < TRIES
        ):
            pause = other.began - one.ended
            pauses = PAUSES_FOR_OPERATOR if one.cause in OPERATORS_CAUSES else PAUSES
            if pause > pauses[one.tries - 1] + 2:
                yield f"{world.pushes[one.push].name}: {pause:.0f} s after try {one.tries}"


def slow_pushes_are_queued_once(world: World) -> Iterator[str]:
    """However often WeChat delivers it, a push of a slow route becomes one job."""
    bodies = [push_of(body) for body in world.story.jobs[: world.story.first_redriven]]
    for push in world.pushes:
        if push.slow and not world.passive and bodies.count(push.number) > 1:
            yield f"{push.name}: queued {bodies.count(push.number)} times"


REASONS = ("HandlerFailed", "Busy", "TokenRejected")
"""What fails a try in fine weather; a token may end between two calls of another process."""

OPERATORS_CAUSES = ("OperatorMustAct", "TokenRefused", "SecretRefused")
"""What an operator has to fix before a try can succeed."""

CHECKS: tuple[Check, ...] = (
    answered_or_dead,
    job_brings_answer,
    answered_once,
    repetition_is_counted,
    fault_text,
    queue_order,
    never_at_once,
    part_order,
    one_answer,
    session_counts_once,
    outbox_intact,
    answered_in_time,
    refused_at_the_deadline,
    dead_letter_is_told,
    waits_in_place,
    fails_for_a_reason,
    gives_back,
    tries_end_soon,
    slow_pushes_are_queued_once,
)


def problems(world: World) -> list[str]:
    """What is wrong, each with the name of its check."""
    told = [f"{check.__name__}: {each}" for check in CHECKS for each in check(world)]
    return [*world.story.problems, *told]
