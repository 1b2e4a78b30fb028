"""Remembers that a stream or long work is to answer a user's push.

The jobs of one user are done one after the other. So the last message that WeChat is likely to
take may leave before the next answer is in the line; it has to say then that more is to come.
"""

from collections.abc import Callable
from contextlib import suppress

from .. import formats
from ..conditions import absent, any_of, at_most
from ..ports import ConditionFailed, Table, Unavailable, Write

FORMAT = 1
KEPT = 3600.0
"""Seconds for which it is remembered; the answer is in the line by then, or not to come."""


def expect(table: Table, clock: Callable[[], float], openid: str, signed: int) -> None:
    """Remembers a push if the table can be reached.

    `signed` is when WeChat first sent it (epoch seconds), which is the same for each delivery.
    """
    latest = any_of(absent("signed"), at_most("signed", signed))
    sets = {"signed": signed, "expires": clock() + KEPT, "format": FORMAT}
    with suppress(ConditionFailed, Unavailable):
        table.write(Write(_key(openid), latest, sets))


def is_expected(table: Table, openid: str, since: float, now: float) -> bool:
    """Whether a push after `since` is to be answered, as far as the table can be reached."""
    try:
        item = table.get(_key(openid))
    except Unavailable:
        return False
    if item is None or float(item["expires"]) <= now:
        return False
    formats.check(item, FORMAT)
    return float(item["signed"]) > since


def _key(openid: str) -> str:
    return f"expected#{openid}"
