"""What must hold of what waits for users, and of how they read it."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from chalicelib.delivery.message import HINT

from . import facts, to_come
from .marks import EARLIER, Mark, marks
from .world import World


def line_intact(world: World) -> Iterator[str]:
    """Each part of each stored answer is read, or in the line, or counted as dropped.

    Or it was in a passive reply of which every delivery failed.
    """
    for user in world.users:
        lost, dropped = facts.lost(world, user), facts.dropped(world, user)
        if len(facts.parts_of(world, lost)) > dropped:
            yield f"{user} lost {list(map(str, lost))}, and {dropped} were counted"
        there = Counter(world.waiting(user))
        yield from (f"{mark} waits {n} times for {user}" for mark, n in there.items() if n > 1)
        excused = {each.mark for each in world.story.shown if each.excused}
        read = {each.mark for each in world.story.shown if each.user == user}
        for mark in read & set(there) - excused:
            if not facts.idempotent(world, mark):
                yield f"{mark} still waits for {user}, who has read it"


def nothing_is_made_up(world: World) -> Iterator[str]:
    """What has expired is read by nobody."""
    for user in world.users:
        known = set(facts.put_marks(world, user))
        for each in world.story.shown:
            if each.user == user and each.mark.push == EARLIER and each.mark not in known:
                yield f"{user} read {each.mark}, which had expired"


def answered_once(world: World) -> Iterator[str]:
    """No part of an answer is read twice, save an excused one."""
    shown = sorted(world.story.shown, key=lambda each: (str(each.mark), each.user, each.at))
    for one, other in pairwise(shown):
        again = (one.mark, one.user) == (other.mark, other.user)
        if again and not one.excused and not facts.idempotent(world, one.mark):
            yield f"{one.user} read {one.mark} twice"


def repetition_is_counted(world: World) -> Iterator[str]:
    """A message that may repeat another one is counted, each time it does."""
    for user in world.users:
        read: set[Mark] = set()
        repeats: set[float] = set()
        for each in world.story.shown:
            if each.user != user or facts.idempotent(world, each.mark):
                continue
            if each.mark in read:
                repeats.add(each.at)
            read.add(each.mark)
        counted = world.story.metrics["PartRepeated", user]
        if len(repeats) > counted:
            yield f"{user}: parts were read again, and {counted} were counted"


def part_order(world: World) -> Iterator[str]:
    """The parts of an answer are read in order; in a line they stand in order (see `Lines`).

    Without customer service: unless the user writes again while an earlier push is under way, or
    its job is dead.
    """
    for user in world.users:
        if world.switched or (world.passive and (_hurries(world, user) or _is_dead(world, user))):
            continue
        last: dict[tuple[int, int], int] = {}
        for each in facts.firsts(world, user):
            answer = (each.mark.push, each.mark.run)
            excused = facts.idempotent(world, each.mark) or each.mark in world.story.lines.behind
            if last.get(answer, 0) > each.mark.part and not excused:
                yield f"{user} read {each.mark} after part {last[answer]}"
            last[answer] = each.mark.part


def queue_order(world: World) -> Iterator[str]:
    """Answers stand in a line in the order in which a queue took their jobs.

    Save when the queue hands a job out twice: the second one may outlive the job.
    """
    for user in world.users:
        puts = [put for put in world.story.lines.put(user) if put.job is not None]
        for queue in (True, False):
            of_queue = [put for put in puts if facts.is_long(world, put.job) is queue]  # type: ignore[arg-type]
            for one, other in pairwise(of_queue):
                if one.job > other.job and not facts.came_twice(world, other.job):  # type: ignore[operator, arg-type]
                    yield f"{one.mark} was put before {other.mark}, which was queued before it"


def line_order(world: World) -> Iterator[str]:
    """Customer service messages to a user leave in the order of the line."""
    for user in world.users:
        places = {mark: place for place, mark in enumerate(facts.put_marks(world, user))}
        read = [each for each in facts.firsts(world, user) if each.job is not None]
        for one, other in pairwise(read):
            if facts.sends_throughout(world) and places[one.mark] > places[other.mark]:
                yield f"{user} read {one.mark} before {other.mark}"


def asked_since(world: World) -> Iterator[str]:
    """What waits for a user was refused since their last push that became a job, or one is dead."""
    for user, waiting in world.left.items():
        refused = world.story.refused_at.get(user, 0.0)
        pushes = [push for push in world.pushes if push.user == user and push.at < world.rested]
        last = max((push.at for push in pushes if facts.bodies(world, push)), default=0.0)
        if not facts.sends_throughout(world) or not waiting or facts.dead_letters(world, user):
            continue
        if refused < last:
            yield f"{user}: {len(waiting)} parts wait, and WeChat was not asked since {last:.1f}"


def line_drains(world: World) -> Iterator[str]:
    """A user who goes on asking for the rest reads all of it."""
    for user in world.users:
        if world.waiting(user):
            yield f"{user}: {len(world.waiting(user))} parts still wait"


def hint_is_last(world: World) -> Iterator[str]:
    """A message says how to read the rest at its end, if there is a rest, and none follows it.

    Or if a stream or long work is to answer a later push. Unless more may be sent than we can know:
    after a tap, where messages add up, or when the user has written meanwhile.
    """
    for user in world.users:
        reads = [each for each in world.story.reads if each.user == user and each.process]
        for each in reads:
            if each.hinted and not each.text.endswith(HINT):
                yield f"{user} read how to go on before the end of a message"
            left = each.waiting > each.parts or to_come.goes_on(world, each)
            left = left or to_come.expects(world, each)
            if each.hinted and not left and not world.switched:
                yield f"{user} read how to go on, and nothing waits"
        if not _is_certain(world, user):
            continue
        for one, other in pairwise(reads):
            went_on = one.process is other.process and not facts.faults(one.process)
            if (
                one.hinted
                and went_on
                and not _wrote(world, user, to_come.asked(world, one), other.at)
            ):
                yield f"{user} read how to go on, and then went on reading"


def waits_with_a_hint(world: World) -> Iterator[str]:
    """When the messages of a user's pushes are used up, the last one says that more waits.

    Unless more may be sent than we can know, or less: see `hint_is_last`.
    """
    for user, waiting in world.left.items():
        pushes = [push for push in world.pushes if push.user == user and push.at < world.rested]
        reads = [each for each in world.story.reads if each.user == user and each.at < world.rested]
        certain = len(pushes) == 1 or _is_certain(world, user)
        certain = certain and all(push.kind != "options" for push in pushes)
        if not (facts.sends_throughout(world) and certain and waiting and reads):
            continue
        if world.weather.struck or any(facts.faults(process) for process in world.story.facts):
            continue
        last = reads[-1]
        more = last.waiting > last.parts or (
            last.process and (to_come.goes_on(world, last) or to_come.expects(world, last))
        )
        if more and not last.hinted and not last.left:
            yield f"{user}: {len(waiting)} parts wait, and nobody said so"


def dropped_for_a_reason(world: World) -> Iterator[str]:
    """What is lost was refused for good, or had no room, or only the other road could carry it."""
    for user in world.users:
        if user in world.story.gone or user in world.story.lines.full:
            continue
        for mark in set(facts.lost(world, user)) - world.story.refused:
            push = facts.of_push(world, mark)
            if not (push and push.kind in ("options", "transfer")):
                yield f"{user}: {mark} was dropped for no reason"


def mail_arrives(world: World) -> Iterator[str]:
    """A message that a handler gave to the queue is read, or waits, or its job is dead."""
    for push in world.pushes:
        for user, mark in facts.sent_by(push):
            read = {each.mark for each in world.story.shown if each.user == user}
            there = mark in read or mark in world.waiting(user)
            is_dead = any(mark in marks(json.loads(body)["said"]) for body in world.dead)
            if not there and not is_dead and mark not in facts.put_marks(world, user):
                yield f"{push.name}: {mark} for {user} is lost"


def _is_certain(world: World, user: str) -> bool:
    """Whether each of the user's pushes is a message that sets WeChat's count back."""
    return not world.weather.adds_up and facts.only_messages(world, user)


def _hurries(world: World, user: str) -> bool:
    """Whether the user wrote while an earlier push of theirs was under way."""
    pushes = [push for push in world.pushes if push.user == user]
    for push in pushes:
        works = [each.ended for each in world.story.works if each.push == push.number]
        until = max((each.arrived + 6 for each in facts.deliveries(world, push)), default=push.at)
        if any(
            push.at <= other.at < max(until, *works, push.at + 6)
            for other in pushes
            if other is not push
        ):
            return True
    return False


def _is_dead(world: World, user: str) -> bool:
    return bool(facts.dead_letters(world, user)) or any(
        work.outcome == "dead" for work in world.story.works if work.user == user
    )


def _wrote(world: World, user: str, since: float, until: float) -> bool:
    return any(since < push.at <= until for push in world.pushes if push.user == user)


LINE_CHECKS = (
    line_intact,
    nothing_is_made_up,
    answered_once,
    repetition_is_counted,
    part_order,
    queue_order,
    line_order,
    asked_since,
    line_drains,
    hint_is_last,
    waits_with_a_hint,
    dropped_for_a_reason,
    mail_arrives,
)
