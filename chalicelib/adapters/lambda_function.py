"""A function on Lambda that another function asks, and whose answer it awaits."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..ports import Unavailable
from .aws import FAILURES, Reads, client, unavailable

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import InvocationResponseTypeDef

_LONGEST = 29
"""Seconds after which the gateway gives up, and Lambda ends the function that asks."""


class LambdaFunction:
    """The function `name`, which answers within `seconds`, its cold start included."""

    def __init__(self, name: str, seconds: float) -> None:
        self._name = name
        self._client: LambdaClient = client("lambda", seconds)
        self._read = Reads(self._client, after_timeout=2 * seconds < _LONGEST)

    def invoke(self, asked: Mapping[str, Any], *, reads: bool = False) -> Mapping[str, Any]:
        """Invoke; see `ports.Function`."""
        payload = json.dumps(asked)

        def invoke() -> "InvocationResponseTypeDef":
            return self._client.invoke(FunctionName=self._name, Payload=payload)

        try:
            called = self._read(invoke) if reads else invoke()
            answer = called["Payload"].read()
        except FAILURES as error:
            raise unavailable("Lambda", error) from error
        if called.get("FunctionError"):
            raise Unavailable(f"Lambda: {self._name} ended without an answer")
        answered: Mapping[str, Any] = json.loads(answer)
        return answered
