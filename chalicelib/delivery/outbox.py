"""Reads what release 1.0.0 kept for a user's next push; the first change of their line takes it.

The release after next has no such items to expect, because they expire after 20 days.
"""

import json

from .. import formats
from ..conditions import Item, absent, any_of, at_most, equal
from ..ports import Write
from .parts import Part

FORMAT = 1
KEPT = 20 * 24 * 3600
"""Seconds for which an outbox was kept after the last reply came."""
_NOTHING = "[]"


def key(openid: str) -> str:
    return f"outbox#{openid}"


def waiting(item: Item) -> tuple[Part, ...]:
    """The replies in an outbox as parts of a line. Raises WrittenLater."""
    formats.check(item, FORMAT)
    kept, put = json.loads(str(item["waiting"])), float(item["expires"]) - KEPT
    return tuple(Part(f"outbox {put}.{n}", reply, put) for n, reply in enumerate(kept, 1))


def waits(item: Item | None, now: float) -> bool:
    return item is not None and item["waiting"] != _NOTHING and float(item["expires"]) > now


def emptied(openid: str, item: Item) -> Write:
    """The write that takes all out of an outbox, unless it has changed since it was read."""
    version = float(item["version"])
    return Write(
        key(openid), equal("version", version), {"waiting": _NOTHING, "version": version + 1}
    )


def still_empty(openid: str, now: float) -> Write:
    """Asks that nothing waits there, and leaves an item that has expired.

    Only to ask would need one more permission, which no stage of 1.0.0 has.
    """
    nothing = any_of(absent("version"), at_most("expires", now), equal("waiting", _NOTHING))
    new: Item = {"version": 1.0, "format": FORMAT}
    return Write(key(openid), nothing, {"waiting": _NOTHING, "expires": now}, defaults=new)
