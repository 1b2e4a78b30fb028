"""The rules of limits."""

from chalicelib.delivery import claiming, routing
from chalicelib.delivery.recorded import RecordedPushes

from .breaks import TRUE
from .mutants import mutant

_KINDS = ("kind:scarce", "kind:rationed")

LIMIT = (
    mutant(
        "limit: so many and no more",
        claiming._count,
        'at_most("count", times - 1)',
        TRUE,
        weather=_KINDS,
    ),
    mutant(
        "limit: counted with the claim",
        claiming._counted,
        "table.write(claim, count)",
        "table.write(count)\n        table.write(claim)",
        weather=("table:REFUSED", "table:KILLED_AFTER", *_KINDS),
    ),
    mutant(
        "limit: a record says that it is over",
        claiming._counted,
        'replace(claim, sets={**claim.sets, "limited": True})',
        "claim",
        weather=_KINDS,
    ),
    mutant(
        "limit: over it no handler runs",
        RecordedPushes._claimed,
        "routed._replace(route=answering(routed.route, found))",
        "routed",
        weather=_KINDS,
    ),
    mutant(
        "limit: nor at a worker",
        routing.route_of,
        "answering(route, taken)",
        "route",
        weather=_KINDS,
    ),
)
