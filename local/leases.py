"""The leases of processes that `make run` has ended: whatever they held is free at once.

A lease outlives its process, because elsewhere nobody knows whether that still works. Here it is
known, so the jobs that a save has interrupted need not wait for it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from simulator.phone.stage import settings, state_table

_LEASES = ("lease", "until")
"""What ends the lease of a push, and the hold of a user's line; no other item has them."""
_IMPATIENT = Config(connect_timeout=1, read_timeout=3, retries={"max_attempts": 0})


def end() -> None:
    """Ends all leases; call it while neither the backend nor the worker runs.

    What a dead sender may have sent stays in doubt, as after any other death. If AWS is out of
    reach, the leases end by themselves.
    """
    with suppress(BotoCoreError, ClientError):
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
    dynamodb, table = boto3.client("dynamodb", config=_IMPATIENT), state_table(settings())
    runs_on: Any = {
        "ExpressionAttributeNames": {"#lease": name},
        "ExpressionAttributeValues": {":now": {"N": repr(time.time())}},
    }
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table, FilterExpression="#lease > :now", **runs_on
    )
    for page in pages:
        for item in page["Items"]:
            dynamodb.update_item(
                TableName=table,
                Key={"id": item["id"]},
                UpdateExpression="SET #lease = :now",
                ConditionExpression="#lease > :now",
                **runs_on,
            )
