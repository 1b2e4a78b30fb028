"""Lambda may fail to change a function; then it runs as before, and can be changed again."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from ops import versions
from tests.ops.operator import Operator


@pytest.fixture
def door(shipped: Operator) -> str:
    """A function of a stage that is deployed."""
    return shipped.target.door


@contextmanager
def last_change(status: str) -> Iterator[None]:
    """Lambda says so of the last change of each function."""

    def say(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Configuration"]["LastUpdateStatus"] = status

    events, moment = boto3.client("lambda").meta.events, "after-call.lambda.GetFunction"
    events.register(moment, say)
    try:
        yield
    finally:
        events.unregister(moment, say)


def test_what_runs_is_kept_although_the_last_change_failed(standing: Operator, door: str) -> None:
    with last_change("Failed"):
        versions.keep(standing.target, [door])
    assert [each.function for each in versions.earlier([door])] == [door]


def test_going_back_is_told_to_have_failed_when_its_own_change_does(
    standing: Operator, door: str
) -> None:
    versions.keep(standing.target, [door])
    with last_change("Failed"):
        done = standing.types("deploy", "--previous", "--yes")
    assert done.exit_code == 1
    assert f"Lambda does not finish a change of {door}" in done.stdout
