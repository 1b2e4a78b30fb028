"""Claims pushes: whoever claims a push first is its owner. A route with a limit counts, too.

    unknown ──> claimed and counted       the user may use the route today
            ──> claimed, marked limited   not any more: the limit's text is the answer
    known   ──> as it was                 however often it is delivered or tried, it counts once

Claim and count are one transaction, so neither is there without the other.
"""

from dataclasses import replace
from time import gmtime, strftime

from ..conditions import Item, absent, any_of, at_most
from ..ports import ConditionFailed, Table, Write
from ..router.continuing import CONTINUE
from ..router.route import Route
from .record import Record

FORMAT = 1
CHINA = 8 * 3600
"""Seconds by which clocks in China are ahead of UTC, all year."""
KEPT = 2 * 24 * 3600
"""Seconds for which a count is kept after the last push that it counts."""


def claimed(
    table: Table, claim: Write, route: Route | None, openid: str, arrival: float
) -> Item | None:
    """The push's item: ours if the push was unknown, otherwise as another owner left it.

    Its delivery came at `arrival` (epoch seconds). Raises Unavailable.
    """
    try:
        if route is None or route.limit is None:
            return table.write(claim)
        return _counted(table, claim, _count(route.name, route.limit.times, openid, arrival))
    except ConditionFailed as refused:
        return refused.found[claim.key]


def answering(route: Route, known: Record) -> Route:
    """The route, with the text of its limit as its answer if the push is over that."""
    limit = route.limit
    if limit is None or not known.limited:
        return route
    return replace(route, handler=lambda _push, _ctx: limit.text, ai=False, stream=False)


def _counted(table: Table, claim: Write, count: Write) -> Item:
    try:
        table.write(claim, count)
    except ConditionFailed as refused:
        if claim.key in refused.found:
            raise
        return table.write(replace(claim, sets={**claim.sets, "limited": True}))
    return claim.sets


def _count(route: str, times: int, openid: str, arrival: float) -> Write:
    """Counts a push of today, unless so many were counted already."""
    day = strftime("%Y-%m-%d", gmtime(arrival + CHINA))
    none_yet = absent("count")
    fewer = at_most("count", times - 1)
    return Write(
        f"limit#{route.removeprefix(CONTINUE)}#{openid}#{day}",
        any_of(none_yet, fewer),
        {"expires": arrival + KEPT, "format": FORMAT},
        adds={"count": 1},
    )
