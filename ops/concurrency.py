"""How many executions at once a stage reserves in its account, and how many it may."""

from typing import NamedTuple

import boto3
from botocore.exceptions import ClientError

from . import policies
from .errors import refused_as
from .target import Target

_KEPT = 100
"""Executions that AWS keeps for functions without reserved ones; of fewer, it keeps all."""


class Room(NamedTuple):
    """Executions at once: all of the account, what others reserve, and what nobody may reserve."""

    limit: int
    others: int
    kept: int

    @property
    def most(self) -> int:
        """How many a stage may reserve."""
        return max(0, self.limit - self.others - self.kept)


def reserved(target: Target) -> dict[str, int]:
    """What the functions of the stage are to reserve, by Chalice's names."""
    names = dict.fromkeys([*policies.NAMES, *target.stage_config.get("lambda_functions", {})])
    wishes = {name: target.function_setting(name, "reserved_concurrency") for name in names}
    return {name: wish for name, wish in wishes.items() if wish is not None}


def room(target: Target) -> Room:
    """What there is for these functions, their present reservations included."""
    account = boto3.client("lambda").get_account_settings()["AccountLimit"]
    limit, unreserved = account["ConcurrentExecutions"], account["UnreservedConcurrentExecutions"]
    own = sum(_present(target, name) for name in reserved(target))
    return Room(limit, limit - unreserved - own, min(_KEPT, limit))


def _present(target: Target, name: str) -> int:
    """What a function reserves now."""
    function = target.door if name == policies.DOOR else target.function(name)
    try:
        found = boto3.client("lambda").get_function_concurrency(FunctionName=function)
    except ClientError as error:
        if refused_as(error, "ResourceNotFoundException"):
            return 0
        raise
    return found.get("ReservedConcurrentExecutions", 0)
