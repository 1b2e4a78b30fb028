"""The requests that leave this process, to AWS by boto3 and to WeChat by requests."""

import io
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from urllib3 import HTTPConnectionPool


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its service, the name of the call, and its arguments.

    `answered` is the time of its answer by `time.perf_counter`, which came after so many `seconds`.
    """

    service: str
    name: str
    arguments: Mapping[str, Any]
    answered: float
    seconds: float


@contextmanager
def caught() -> Iterator[list[Call]]:
    """Records the calls made within the `with` block, which still happen."""
    made: list[Call] = []
    send = HTTPConnectionPool.urlopen

    def noted(pool: HTTPConnectionPool, **request: Any) -> Any:
        began = time.perf_counter()
        answer = send(pool, **request)
        made.append(_call(request, began, time.perf_counter()))
        return answer

    with mock.patch.object(HTTPConnectionPool, "urlopen", noted):
        yield made


def _call(request: Mapping[str, Any], began: float, answered: float) -> Call:
    seconds = answered - began
    body = request["body"]
    target = request["headers"].get("X-Amz-Target")
    if target is None:
        sent = body.getvalue() if isinstance(body, io.BytesIO) else b"{}"
        return Call("WeChat", request["url"].partition("?")[0], json.loads(sent), answered, seconds)
    service, _, name = target.decode().partition(".")
    return Call(_SERVICES.get(service, service), name, json.loads(body), answered, seconds)


_SERVICES = {"DynamoDB_20120810": "DynamoDB", "AmazonSQS": "SQS", "AmazonSSM": "SSM"}
