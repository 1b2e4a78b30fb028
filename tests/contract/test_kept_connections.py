"""Reads survive that a kept connection died, as it may while Lambda is frozen."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import boto3
import pytest

from chalicelib.adapters import sqs
from chalicelib.adapters.sqs import SqsQueue
from chalicelib.adapters.ssm import SsmParameters
from chalicelib.conditions import absent
from chalicelib.ports import Unavailable, Write
from tests.contract.relay import Relay, relay
from tests.dynamodb import profiles_table, state_table

Reading = Callable[[], object]
CONNECTED = "a new connection"


@pytest.fixture
def through(aws: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Relay]:
    """All that the adapters of this test send goes through it."""
    with relay(aws) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.address)
        yield server


def get_item() -> Reading:
    table = state_table()
    table.write(Write("push#1", absent("owner"), {"owner": "me"}))
    return lambda: table.get("push#1")


def query() -> Reading:
    table = profiles_table()
    table.write(Write("oMING", absent("user_id"), {"user_id": "42"}))
    return lambda: table.openid_of("42")


def get_parameters() -> Reading:
    parameters = SsmParameters("/kept")
    boto3.client("ssm").put_parameter(
        Name="/kept/token", Value="t", Type="SecureString", Overwrite=True
    )
    return lambda: parameters.read(["token"])[0].value


@pytest.mark.parametrize("opened", [get_item, query, get_parameters])
def test_a_read_on_a_connection_that_died_is_made_again_on_a_new_one(
    through: Relay, calls: list[str], opened: Callable[[], Reading]
) -> None:
    read = opened()
    expected = read()
    through.die()
    calls.clear()
    assert read() == expected
    assert calls == [calls[0], calls[0], CONNECTED]


def test_one_that_nobody_answers_any_more_is_made_again(through: Relay, calls: list[str]) -> None:
    read = get_item()
    through.die(silently=True)
    calls.clear()
    assert read() == {"owner": "me"}
    assert calls == ["GetItem", "GetItem", CONNECTED]


def test_of_several_kept_connections_that_died_only_one_is_tried(
    through: Relay, calls: list[str]
) -> None:
    read = get_item()
    through.meeting = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        for each in [threads.submit(read) for _ in range(2)]:
            each.result()
    through.meeting = Barrier(1)
    through.die()
    calls.clear()
    assert read() == {"owner": "me"}
    assert calls == ["GetItem", "GetItem", CONNECTED]


def test_the_address_of_a_queue_is_read_again_too(through: Relay, calls: list[str]) -> None:
    for name in ("kept.fifo", "other.fifo"):
        boto3.client("sqs").create_queue(QueueName=name, Attributes={"FifoQueue": "true"})
    shared = sqs.client()
    first, second = SqsQueue("kept.fifo", shared), SqsQueue("other.fifo", shared)
    first.send("body", "group", "1")
    through.die()
    calls.clear()
    second.send("body", "group", "1")
    assert calls == ["GetQueueUrl", "GetQueueUrl", CONNECTED, "SendMessage"]


def test_a_read_on_a_new_connection_is_made_once(through: Relay, calls: list[str]) -> None:
    read = get_parameters()
    through.broken = True
    calls.clear()
    with pytest.raises(Unavailable, match="ConnectionClosedError"):
        read()
    assert calls == ["GetParameters", CONNECTED]


def test_a_read_that_fails_twice_is_not_made_a_third_time(through: Relay, calls: list[str]) -> None:
    read = get_item()
    through.die()
    through.broken = True
    calls.clear()
    for _ in range(2):
        with pytest.raises(Unavailable, match="ConnectionClosedError"):
            read()
    assert calls == ["GetItem", "GetItem", CONNECTED, "GetItem", CONNECTED]
