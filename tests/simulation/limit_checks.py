"""What must hold of routes that a user may use so often in a day; a run lasts no longer."""

from collections.abc import Iterator

from chalicelib.conditions import Item

from .account import LIMITS
from .world import World


def limits_hold(world: World) -> Iterator[str]:
    """Within a limit each push counts once and is let through; over it none is."""
    for user in world.users:
        for kind, limit in LIMITS.items():
            known = [
                (push, record)
                for push in world.pushes
                if (push.user, push.kind) == (user, kind)
                and (record := _claimed(world, push.identity))
            ]
            through = [push for push, record in known if not record.get("limited")]
            name = f"{user}'s {kind}"
            if len(through) > limit.times:
                yield f"{name}: {len(through)} pushes went through in a day"
            if len(through) < min(limit.times, len(known)):
                yield f"{name}: a push was refused after {len(through)}"
            if _count(world, kind, user) != len(through):
                yield f"{name}: {_count(world, kind, user):.0f} were counted, not {len(through)}"
            for push, record in known:
                if record.get("limited") and push.runs:
                    yield f"{push.name}: its handler ran over the limit"


def _claimed(world: World, identity: str) -> Item | None:
    """The record of a push that somebody has claimed in this run."""
    record = world.table.items.get(f"push#{identity}")
    return record if record and record["owner"] != "ghost" else None


def _count(world: World, kind: str, user: str) -> float:
    return sum(
        float(item["count"])
        for key, item in world.table.items.items()
        if key.startswith(f"limit#crowd.{kind}#{user}#")
    )


LIMIT_CHECKS = (limits_hold,)
