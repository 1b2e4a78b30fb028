"""What must hold of a run once everything in it has come to rest.

Each check looks at the facts and yields a sentence for each thing that is wrong.
"""

import json
from collections.abc import Callable, Iterator
from typing import TypeAlias

from chalicelib.delivery.handover import DEADLINE

from . import facts
from .limit_checks import LIMIT_CHECKS
from .line_checks import LINE_CHECKS
from .long_checks import LONG_CHECKS
from .work_checks import WORK_CHECKS
from .world import World

Check: TypeAlias = Callable[[World], Iterator[str]]


def answered_or_dead(world: World) -> Iterator[str]:
    """If WeChat took any of our answers, the push ended well, or its job is a dead letter."""
    for push in world.pushes:
        if facts.taken(world, push) and not facts.ended(world, push):
            yield f"{push.name}: WeChat took an answer of ours, but its user got none"


def job_brings_answer(world: World) -> Iterator[str]:
    """An answer comes also when no delivery got through, if its job did.

    Save when the table failed a delivery that handed over, or it came before the mode was switched,
    when a later one gave the answer that counts, and all after that one failed as well.
    """
    for push in world.pushes:
        jobs, ending = facts.bodies(world, push), facts.ending(world, push)
        if not jobs or not (ending.startswith("nothing") or ending == "reply lost"):
            continue
        item = world.table.items.get(f"push#{push.identity}")
        latest = max(float(str(job["arrival"])) for job in jobs)
        later = item and item["answer"] and float(item["answering_arrival"]) > latest
        failed = any("table" in facts.faults(d.process) for d in facts.deliveries(world, push))
        if not (later and (failed or facts.switched(world, push))):
            yield f"{push.name}: its job was taken, but its user got no answer"


def fault_text(world: World) -> Iterator[str]:
    """The fault text is read only if every delivery failed by itself, few by a slow handler.

    Nobody knows of an idempotent push that an earlier delivery runs it, too; its job answers it.
    """
    slow_allowed = 2 if world.passive or world.switched else 1
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
        if slow > slow_allowed and not (push.idempotent and facts.ended(world, push)):
            yield f"{push.name}: a slow handler kept {slow} deliveries from being answered"


def never_at_once(world: World) -> Iterator[str]:
    """A handler never runs twice at once for one push."""
    for push in world.pushes:
        if push.at_once and not push.idempotent:
            yield f"{push.name}: its handler ran twice at once"


def runs_again_for_a_reason(world: World) -> Iterator[str]:
    """A handler that has answered runs again only if its process lost something.

    Or if others changed the user's line each time when it wanted to put the answer, or another
    push has moved on the conversation.
    """
    for push in world.pushes:
        # A transfer that comes too late for its connection is lost anyhow.
        harmless = push.idempotent or push.kind == "transfer"
        for run in push.runs[:-1]:
            excused = run.process.lost or run.process.outpaced or harmless
            moved_on = facts.cause(world, run.process) == "SessionConflict"
            if run.said is not None and not excused and not moved_on:
                yield f"{push.name}: its handler ran again, though it had answered"


def one_answer(world: World) -> Iterator[str]:
    """All that a user reads comes from one run of the handler, word for word."""
    for push in world.pushes:
        runs = {each.mark.run for each in facts.shown(world, push)}
        if len(runs) > 1 and not push.idempotent:
            yield f"{push.name}: {push.user} read the answers of runs {runs}"


def one_route(world: World) -> Iterator[str]:
    """A push runs by one route, wherever the conversation of its user is by then."""
    for push in world.pushes:
        routes = sorted({run.route for run in push.runs})
        if len(routes) > 1:
            yield f"{push.name}: it ran by the routes {routes}"


def session_counts_once(world: World) -> Iterator[str]:
    """A conversation moves on once for each push that has an answer."""
    for push in world.pushes:
        if push.kind not in ("session", "memory", "step"):
            continue
        item = world.table.items.get(f"session#{push.user}")
        counted = json.loads(str(item["data"])).get(f"seen {push.number}", 0) if item else 0
        record = world.table.items.get(f"push#{push.identity}")
        kept = record and (record["answer"] or record["delivered"]) and record["owner"] != "ghost"
        expected = 1 if kept or facts.shown(world, push) else 0
        if counted != expected:
            yield f"{push.name}: counted {counted} times, not {expected}"


def effects_are_done(world: World) -> Iterator[str]:
    """Whoever followed or unfollowed last is known for it, or the job is a dead letter."""
    for user in world.users:
        events = [
            push
            for push in world.pushes
            if push.user == user and push.kind in ("subscribe", "unsubscribe")
        ]
        heard = [push for push in events if facts.taken(world, push)]
        if not heard or any(":effects" in body for body in facts.dead_letters(world, user)):
            continue
        latest = max(push.opened.push.create_time for push in events)
        last = [push for push in events if push.opened.push.create_time == latest]
        if len(last) == 1 and last[0] in heard:
            known = world.profiles.items.get(user, {}).get("subscribed")
            if known is not (last[0].kind == "subscribe"):
                yield f"{last[0].name}: the profile says subscribed={known}"


def answered_in_time(world: World) -> Iterator[str]:
    """A fast handler answers by the connection, if nothing else is wrong."""
    patience = 12.5 if world.passive else 4.0
    for push in world.pushes:
        deliveries = facts.deliveries(world, push)
        if not (push.fits and (world.passive or not push.slow)) or push.raises or world.switched:
            continue
        if push.kind == "subscribe":
            continue
        if (
            any(facts.troubled(each) for each in deliveries)
            or facts.handling(deliveries) > patience
        ):
            continue
        if facts.bodies(world, push):
            yield f"{push.name}: {facts.handling(deliveries):.1f} s, and yet it was queued"


def refused_at_the_deadline(world: World) -> Iterator[str]:
    """The queue is offered a job until the door's deadline."""
    for delivery in world.story.deliveries:
        if delivery.process is not None and delivery.outcome == "refused_by_queue":
            waited = delivery.process.refused - delivery.arrived
            if waited < DEADLINE - 0.1:
                yield f"{delivery.name} gave up after {waited:.1f} s"


CHECKS: tuple[Check, ...] = (
    answered_or_dead,
    job_brings_answer,
    fault_text,
    never_at_once,
    runs_again_for_a_reason,
    one_answer,
    one_route,
    session_counts_once,
    effects_are_done,
    answered_in_time,
    refused_at_the_deadline,
    *LIMIT_CHECKS,
    *LINE_CHECKS,
    *LONG_CHECKS,
    *WORK_CHECKS,
)


def problems(world: World) -> list[str]:
    """What is wrong, each with the name of its check."""
    told = [f"{check.__name__}: {each}" for check in CHECKS for each in check(world)]
    return [*world.story.problems, *told]
