"""Looks into the other regions of the account."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from . import terminal
from .errors import Failed, refused_as, sentence
from .region import region

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

_NOT_ENABLED = ("UnrecognizedClientException", "InvalidClientTokenId")
"""How a region answers that the account does not use."""
_CLOSED = "explicit deny in a service control policy"
"""How a region answers that the account's organization does not allow."""
_AT_ONCE = 8


def using(roles: Collection[str]) -> dict[str, set[str]]:
    """The other regions in which functions have these roles, by role. Raises Failed."""
    partition = boto3.client("lambda").meta.partition
    session = boto3.DEFAULT_SESSION or boto3.Session()  # a new one reads all endpoints again
    others = {*session.get_available_regions("lambda", partition)} - {region()}
    clients = [boto3.client("lambda", region_name=each) for each in sorted(others)]
    with (
        terminal.waiting("Looking which other regions use the same roles"),
        ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        found = list(pool.map(_roles, clients))
    return {
        role: {
            each.meta.region_name for each, used in zip(clients, found, strict=True) if role in used
        }
        for role in roles
    }


def _roles(lambda_: "LambdaClient") -> set[str]:
    """The roles of all functions of a region."""
    try:
        pages = lambda_.get_paginator("list_functions").paginate()
        return {each["Role"].rpartition("/")[2] for page in pages for each in page["Functions"]}
    except ClientError as error:
        if refused_as(error, *_NOT_ENABLED) or _CLOSED in str(error):
            return set()
        raise Failed(_unknown(lambda_, error)) from None
    except BotoCoreError as error:
        raise Failed(_unknown(lambda_, error)) from None


def _unknown(lambda_: "LambdaClient", error: Exception) -> str:
    return f"Whether {lambda_.meta.region_name} uses the same roles is unknown: {sentence(error)}"
