"""Reads what the backend stores from AWS: tables, queue, names of secrets.

It only asks an AWS on this machine, such as `make run` starts. It receives nothing from the queue,
because MiniStack shows messages without handing them out.
"""

import json
import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
import httpx
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.delivery.attempt import TRIES

from .stage import settings, state_table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

LIMIT = 200
"""The most push records that are shown, and the most items of other kinds."""
_PUSH = "push#"
_OUTBOX = "outbox#"
_TIMEOUTS = Config(connect_timeout=1, read_timeout=3, retries={"max_attempts": 0})
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_SIGNED = {"Authorization": "AWS4-HMAC-SHA256"}


class Tables:
    """One stage's tables, queues and parameters at `endpoint`."""

    def __init__(self, endpoint: str, names: Mapping[str, str]) -> None:
        stage = names.get("STAGE", "dev")
        self._table = state_table(names)
        self._profiles = names.get("PROFILES_TABLE", f"wechalice-{stage}-profiles")
        self._queues = (
            names.get("JOBS_QUEUE", f"wechalice-{stage}-jobs.fifo"),
            names.get("LONG_QUEUE", f"wechalice-{stage}-long.fifo"),
        )
        self.path = names.get("PARAMETER_PATH", f"/wechalice/{stage}")
        self._dynamodb: DynamoDBClient = boto3.client("dynamodb", config=_TIMEOUTS)
        self._ssm = boto3.client("ssm", config=_TIMEOUTS)
        self._http = httpx.Client(base_url=endpoint, trust_env=False, timeout=3, headers=_SIGNED)

    def close(self) -> None:
        self._http.close()

    def items(self) -> list[dict[str, Any]]:
        """The items of the table, the latest first."""
        return newest(self._scanned(self._table))

    def profiles(self) -> list[dict[str, Any]]:
        return self._scanned(self._profiles)[:LIMIT]

    def messages(self) -> dict[str, list[dict[str, Any]]]:
        """The messages in the queues (`jobs`) and in the dead-letter queues (`dead`)."""
        dead = [f"{name.removesuffix('.fifo')}-dead.fifo" for name in self._queues]
        try:
            queues_by_account = self._http.get("/_ministack/sqs/messages").json()["messages"]
        except (httpx.HTTPError, ValueError, KeyError):
            return {"jobs": [], "dead": []}
        queues = {
            url.rpartition("/")[2]: messages
            for regions in queues_by_account.values()
            for region in regions.values()
            for url, messages in region.items()
        }
        return {
            "jobs": [_message(each) for name in self._queues for each in queues.get(name, [])],
            "dead": [_message(each) for name in dead for each in queues.get(name, [])],
        }

    def secrets(self) -> list[dict[str, Any]]:
        """The name and version of each parameter. Its value is not read."""
        try:
            pages = self._ssm.get_paginator("get_parameters_by_path")
            found = [
                parameter
                for page in pages.paginate(Path=self.path, Recursive=True, WithDecryption=False)
                for parameter in page["Parameters"]
            ]
        except (BotoCoreError, ClientError):
            return []
        return [
            {
                "name": each["Name"].removeprefix(f"{self.path}/"),
                "version": each["Version"],
                "at": each["LastModifiedDate"].timestamp(),
            }
            for each in found
        ]

    def put_secret(self, name: str, value: str) -> int:
        """Writes a new version, as an operator does. Raises whatever boto3 raises."""
        written = self._ssm.put_parameter(
            Name=f"{self.path}/{name}", Value=value, Type="SecureString", Overwrite=True
        )
        return written["Version"]

    def _scanned(self, table: str) -> list[dict[str, Any]]:
        try:
            pages = self._dynamodb.get_paginator("scan").paginate(TableName=table)
            return [_plain(item) for page in pages for item in page["Items"]]
        except (BotoCoreError, ClientError):
            return []


def on_this_machine() -> Tables | None:
    """The tables of the stage that `make run` runs in this directory, or None."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if urlsplit(endpoint).hostname not in _LOOPBACK:
        return None
    return Tables(endpoint, settings())


def newest(items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The latest push records, and the latest other items, so that many pushes hide no session."""
    latest = sorted(items, key=lambda item: -float(item.get("expires", 0)))
    records = [item for item in latest if item["id"].startswith(_PUSH)]
    others = [item for item in latest if not item["id"].startswith(_PUSH) and not _emptied(item)]
    return [*records[:LIMIT], *others[:LIMIT]]


def _emptied(item: dict[str, Any]) -> bool:
    """Whether it is an outbox of 1.0.0 that holds nothing: the backend writes one for each user."""
    return str(item["id"]).startswith(_OUTBOX) and str(item["waiting"]) == "[]"


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    try:
        body = json.loads(message["Body"])
    except ValueError:
        body = {}
    return {
        "identity": body.get("identity", ""),
        "route": body.get("route", ""),
        "openid": body.get("openid", ""),
        "arrival": body.get("arrival", 0),
        # A queue gives a job out once more than it is tried, to finish a try that was killed.
        "tries": min(message["ReceiveCount"], TRIES),
        "waiting": message["IsVisible"],
        "visible_at": message["VisibleAt"],
        "body": body,
    }


def _plain(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    return {name: _value(value) for name, value in item.items()}


def _value(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    match kind:
        case "N":
            return float(value)
        case "L":
            return [_value(each) for each in value]
        case "M":
            return _plain(value)
        case "SS":
            return sorted(value)
        case "B":
            return f"{len(value)} bytes"
        case _:
            return value
