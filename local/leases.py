"""The leases of processes that `make run` has ended: whatever they held is free at once.

A lease outlives its process, because elsewhere nobody knows whether that still works. Here it is
known, so the jobs that a save has interrupted need not wait for it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from simulator.phone.stage import settings, state_table

from . import aws_calls

_LEASES = ("lease", "until")
"""What ends the lease of a push, and the hold of a user's line; no other item has them."""


def end() -> None:
    """Ends all leases; call it while neither the backend nor the worker runs.

    What a dead sender may have sent stays in doubt, as after any other death. If AWS is out of
    reach, the leases end by themselves.
    """
    with suppress(aws_calls.Refused, OSError):
        for name in _LEASES:
            _end(name)


@contextmanager
def ended_at_last() -> Iterator[None]:
    """Ends them after the `with` block, so that the next run begins with what this one held."""
    try:
        yield
    finally:
        end()


def _end(name: str) -> None:
    runs_on: dict[str, Any] = {
        "TableName": state_table(settings()),
        "ExpressionAttributeNames": {"#lease": name},
        "ExpressionAttributeValues": {":now": {"N": repr(time.time())}},
    }
    for item in _scanned(FilterExpression="#lease > :now", **runs_on):
        aws_calls.dynamodb(
            "UpdateItem",
            Key={"id": item["id"]},
            UpdateExpression="SET #lease = :now",
            ConditionExpression="#lease > :now",
            **runs_on,
        )


def _scanned(**scan: Any) -> Iterator[dict[str, Any]]:
    page = aws_calls.dynamodb("Scan", **scan)
    yield from page["Items"]
    while last := page.get("LastEvaluatedKey"):
        page = aws_calls.dynamodb("Scan", **scan, ExclusiveStartKey=last)
        yield from page["Items"]
