"""Remembers that a stream or long work is to answer a user's push.

The jobs of one user are done one after the other. So the last message that WeChat is likely to
take may leave before the next answer is in the line; it has to say then that more is to come.

`signed` is when WeChat first sent the push (whole epoch seconds), the same for each delivery.
`asked` is when its first delivery came, which tells the later of two pushes of one second. Release
1.5.0 passes over it and leaves it there.
"""

from collections.abc import Callable
from contextlib import suppress

from .. import formats
from ..conditions import absent, all_of, any_of, at_most, differs
from ..ports import ConditionFailed, Table, Unavailable, Write

FORMAT = 1
KEPT = 3600.0
"""Seconds for which it is remembered; the answer is in the line by then, or not to come."""


def expect(
    table: Table,
    clock: Callable[[], float],
    openid: str,
    identity: str,
    signed: int,
    asked: float,
) -> None:
    """Remembers the push `identity` if the table can be reached.

    Its first delivery counts: a later one would be mistaken for a later push.
    """
    latest = all_of(
        differs("push", identity),
        at_most("signed", signed),
        any_of(absent("asked"), at_most("asked", asked)),
    )
    sets = {"signed": signed, "asked": asked, "push": identity, "expires": clock() + KEPT}
    write = Write(_key(openid), any_of(absent("signed"), latest), {**sets, "format": FORMAT})
    with suppress(ConditionFailed, Unavailable):
        table.write(write)


def is_expected(table: Table, openid: str, since: float, now: float) -> bool:
    """Whether a push after `since` is to be answered, as far as the table can be reached."""
    try:
        item = table.get(_key(openid))
    except Unavailable:
        return False
    if item is None or float(item["expires"]) <= now:
        return False
    formats.check(item, FORMAT)
    return max(float(item["signed"]), float(item.get("asked", 0))) > since


def _key(openid: str) -> str:
    return f"expected#{openid}"
