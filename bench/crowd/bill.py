"""What the day costs at AWS, in USD, by the prices of `ops/prices.py`."""

from ops import usage
from ops.prices import Item, Prices
from ops.usage import Usage

from .assumed import Limits
from .seen import Seen

MILLION = 1e6
OF_A_JOB = 2
"""Requests to the queue beside those that our code makes: Lambda receives and deletes it."""
DAYS_OF_A_MONTH = 30


def used(seen: Seen, limits: Limits, users: int) -> Usage:
    """How much of each item."""
    calls, invocations = seen.calls, seen.door.invocations + seen.worker.invocations
    gigabytes = limits.memory / 1024
    queue = calls["SendMessage"] + seen.counts["held"]
    recorded = (len(seen.first["recorded"]) + seen.counts["jobs"]) / MILLION
    standing = usage.standing(users, fixed_exit=True)
    return usage.total(
        {
            Item.GATEWAY: seen.counts["requests"] / MILLION,
            Item.INVOCATIONS: invocations / MILLION,
            Item.SECONDS: gigabytes * (seen.door.seconds + seen.worker.seconds) / MILLION,
            Item.WRITES: seen.writes / MILLION,
            Item.READS: calls["GetItem"] / MILLION,
            Item.QUEUE: (queue + OF_A_JOB * seen.worker.invocations) / MILLION,
            Item.LOGGED: usage.QUICK[Item.LOGGED] * invocations / MILLION,
            Item.SENT: usage.QUICK[Item.SENT] * seen.counts["requests"] / MILLION,
            Item.STORED: usage.RECORDED[Item.STORED] * recorded,
        },
        usage.times(1 / DAYS_OF_A_MONTH, standing),
    )


def by_service(amounts: Usage, prices: Prices) -> dict[str, float]:
    """USD, with the dearest first."""
    usd: dict[str, float] = {}
    for item, amount in amounts.items():
        service = item.value.partition(",")[0]
        usd[service] = usd.get(service, 0.0) + amount * prices.usd[item]
    return dict(sorted(usd.items(), key=lambda pair: -pair[1]))
