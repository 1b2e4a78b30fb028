"""What a push costs on real AWS APIs, counted where requests leave the process."""

import time
import uuid
from functools import cache

import boto3
import pytest

from chalicelib import bootstrap
from chalicelib.router import Context, Router, Routes
from simulator import pushes
from tests import slow_routes
from tests.conftest import OpenDoor
from tests.door import Door

build = bootstrap.pushes.__wrapped__


@pytest.fixture
def deployed(open_door: OpenDoor, aws: str, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The backend as bootstrap builds it, over real APIs of SSM, DynamoDB and SQS, and warm."""
    door = open_door()
    name = f"test-{uuid.uuid4().hex}"
    monkeypatch.setenv("PARAMETER_PATH", put_parameters(f"/{name}", door))
    monkeypatch.setenv("STATE_TABLE", create_table(name))
    monkeypatch.setenv("JOBS_QUEUE", create_queue(f"{name}.fifo"))
    monkeypatch.setenv("LONG_QUEUE", create_queue(f"{name}-long.fifo"))
    monkeypatch.setattr(bootstrap, "routes", slow_routes.routes(door.clock.sleep))
    monkeypatch.setattr(bootstrap, "pushes", cache(build))
    bootstrap.pushes()
    for text in ("fast", "slow", "think", "pure"):
        door.clock.now = time.time()
        assert door.push(pushes.text(text)).status == 200
    door.clock.now = time.time()
    return door


def put_parameters(path: str, door: Door) -> str:
    for name, value in {
        "app-id": door.account.app_id,
        "token": door.account.token,
        "encoding-aes-key": door.account.encoding_aes_key,
    }.items():
        boto3.client("ssm").put_parameter(
            Name=f"{path}/{name}", Value=value, Type="SecureString", Overwrite=True
        )
    return path


def create_table(name: str) -> str:
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def create_queue(name: str) -> str:
    boto3.client("sqs").create_queue(QueueName=name, Attributes={"FifoQueue": "true"})
    return name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("slow", ["SendMessage"]),
        ("think", ["SendMessage", "UpdateItem"]),
        ("fast", ["UpdateItem", "UpdateItem"]),
        ("quiet", ["UpdateItem", "UpdateItem"]),
        ("scarce", ["TransactWriteItems", "UpdateItem"]),
        ("rationed", ["SendMessage"]),
        ("pure", []),
        ("broken", ["UpdateItem", "SendMessage"]),
        ("count", ["UpdateItem", "GetItem", "TransactWriteItems", "GetItem"]),
    ],
)
def test_a_warm_push_costs(
    deployed: Door, calls: list[str], text: str, expected: list[str]
) -> None:
    assert deployed.push(pushes.text(text)).status == 200
    assert calls == expected


def test_a_message_of_ones_own_costs_one_call(deployed: Door, calls: list[str]) -> None:
    bootstrap.send("oMING", "the first one finds the queue")
    calls.clear()
    for openid in ("oMING", "oHONG"):
        bootstrap.send(openid, "hello")
    assert calls == ["SendMessage", "SendMessage"]


def test_a_forged_push_costs_nothing(deployed: Door, calls: list[str]) -> None:
    for _ in range(10):
        assert deployed.post({}, "<xml/>").status == 403
    assert calls == []


def test_ten_tasks_are_started_in_one_call(
    deployed: Door, calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    router = Router("r")

    @router.task("count")
    def count(ctx: Context, number: int) -> None: ...

    monkeypatch.setattr(bootstrap, "routes", Routes(router))
    monkeypatch.setattr(bootstrap, "_starting", cache(bootstrap._starting.__wrapped__))  # noqa: SLF001
    bootstrap.start("r.count", 0, identity="the first one finds the queue")
    calls.clear()
    bootstrap.start_each("r.count", range(25), identity="today")
    assert calls == ["SendMessageBatch"] * 3
