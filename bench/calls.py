"""The requests that leave this process, to AWS by boto3 and to WeChat by requests."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from urllib3 import HTTPConnectionPool


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its service, the name of the call, and its arguments."""

    service: str
    name: str
    arguments: Mapping[str, Any]


@contextmanager
def caught() -> Iterator[list[Call]]:
    """Records the calls made within the `with` block, which still happen."""
    made: list[Call] = []
    send = HTTPConnectionPool.urlopen

    def noted(pool: HTTPConnectionPool, **request: Any) -> Any:
        made.append(_call(request))
        return send(pool, **request)

    with mock.patch.object(HTTPConnectionPool, "urlopen", noted):
        yield made


def _call(request: Mapping[str, Any]) -> Call:
    body = request["body"]
    target = request["headers"].get("X-Amz-Target")
    if target is None:  # a body for WeChat is a stream, which can be read only once
        return Call("WeChat", request["url"].partition("?")[0], {})
    service, _, name = target.decode().partition(".")
    return Call(_SERVICES.get(service, service), name, json.loads(body))


_SERVICES = {"DynamoDB_20120810": "DynamoDB", "AmazonSQS": "SQS", "AmazonSSM": "SSM"}
