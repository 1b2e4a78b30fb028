"""A team's own secrets are read by name, kept in memory, and rotate while traffic flows."""

import io
import logging
import uuid
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from chalicelib import bootstrap, log
from chalicelib.adapters.ssm import SsmParameters
from chalicelib.credentials.own_secrets import OwnSecrets, SecretMissing
from chalicelib.ports import Unavailable
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text
from simulator import pushes, replies
from simulator.envelopes import open_reply
from simulator.events import USER
from tests.conftest import OpenDoor
from tests.door import Door
from tests.fakes import Clock, FakeParameters


@pytest.fixture
def clock() -> Clock:
    return Clock(1_700_000_000)


@pytest.fixture
def parameters(clock: Clock) -> FakeParameters:
    return FakeParameters(clock)


@pytest.fixture
def own(parameters: FakeParameters, clock: Clock) -> OwnSecrets:
    return OwnSecrets(parameters, "dev", clock)


def account() -> Routes:
    router = Router("model", apology="sorry")

    @router.on(TextMessage, content="slow", slow=True)
    def slow(message: TextMessage, ctx: Context) -> Reply:
        return Text(f"slow {ctx.secret('model-key')}")

    @router.on(TextMessage, content="fast")
    def fast(message: TextMessage, ctx: Context) -> Reply:
        return Text(f"fast {ctx.secret('model-key')}")

    @router.on(TextMessage, idempotent=True)
    def idempotent(message: TextMessage, ctx: Context) -> Reply:
        return Text(f"idempotent {ctx.secret('model-key')}")

    return Routes(router)


def said(door: Door, text: str) -> str:
    push = pushes.text(text)
    document = open_reply(door.account, door.push(push).body.encode())
    return str(replies.read(document, door.account, push))


@pytest.mark.parametrize("text", ["fast", "idempotent"])
def test_a_handler_at_the_door_gets_it(open_door: OpenDoor, text: str) -> None:
    door = open_door(routes=account())
    door.parameters.put("own/model-key", "k1")
    assert f"{text} k1" in said(door, text)


def test_a_slow_handler_gets_it(open_door: OpenDoor) -> None:
    door = open_door(routes=account())
    door.parameters.put("own/model-key", "k1")
    door.push(pushes.text("slow"))
    door.work()
    (message,) = door.wechat.received(USER)
    assert message["text"]["content"] == "slow k1"


def test_a_missing_one_is_in_the_log_with_the_command_that_sets_it(open_door: OpenDoor) -> None:
    door = open_door(routes=account())
    door.push(pushes.text("fast"))
    assert "python -m ops secrets set own/model-key --stage test" in door.log_text


def test_the_log_of_a_route_that_misses_one_has_the_command_too(own: OwnSecrets) -> None:
    stream = io.StringIO()
    log.configure("dev", stream)
    try:
        own.get("model-key")
    except SecretMissing:
        logging.getLogger("wechalice").exception("Caught exception for /greeting")
    assert "python -m ops secrets set own/model-key --stage dev" in stream.getvalue()


def test_a_job_whose_old_key_is_refused_is_done_with_the_new_one(open_door: OpenDoor) -> None:
    router = Router("model", apology="sorry")

    @router.on(TextMessage, slow=True)
    def answer(message: TextMessage, ctx: Context) -> Reply:
        key = ctx.secret("model-key")
        if key != door.parameters.current()["own/model-key"]:
            raise PermissionError
        return Text(key)

    door = open_door(routes=Routes(router))
    door.parameters.put("own/model-key", "the old key")
    door.own_secrets.get("model-key")
    door.parameters.put("own/model-key", "the new key")
    door.push(pushes.text("hello"))
    door.work(seconds=120)
    (message,) = door.wechat.received(USER)
    assert message["text"]["content"] == "the new key"
    assert "old key" not in door.log_text
    assert "new key" not in door.log_text


def test_threads_that_ask_at_once_share_one_read(
    own: OwnSecrets, parameters: FakeParameters
) -> None:
    parameters.put("own/model-key", "k1")
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(own.get, ["model-key"] * 64)) == ["k1"] * 64
    assert parameters.reads == 1


def test_it_is_read_once_and_kept(own: OwnSecrets, parameters: FakeParameters) -> None:
    parameters.put("own/model-key", "k1")
    assert [own.get("model-key") for _ in range(3)] == ["k1"] * 3
    assert parameters.reads == 1


def test_a_process_reads_all_its_secrets_in_one_call_every_half_a_minute(
    own: OwnSecrets, parameters: FakeParameters, clock: Clock
) -> None:
    names = [f"key-{number}" for number in range(10)]
    for name in names:
        parameters.put(f"own/{name}", f"the value of {name}")
    for name in names:
        own.get(name)
    before = parameters.reads
    for _ in range(600):
        clock.sleep(1)
        assert [own.get(name) for name in names] == [f"the value of {name}" for name in names]
    assert parameters.reads - before <= 20


def test_more_than_a_call_can_read_are_all_there(
    own: OwnSecrets, parameters: FakeParameters
) -> None:
    names = [f"key-{number}" for number in range(23)]
    for name in names:
        parameters.put(f"own/{name}", f"the value of {name}")
    assert [own.get(name) for name in names] == [f"the value of {name}" for name in names]


def test_a_new_one_is_unavailable_while_ssm_is_down_and_the_others_count(
    own: OwnSecrets, parameters: FakeParameters, clock: Clock
) -> None:
    parameters.put("own/first", "k1")
    parameters.put("own/second", "k2")
    own.get("first")
    parameters.available = False
    before = parameters.reads
    for _ in range(50):
        with pytest.raises(Unavailable, match="own/second has not been read"):
            own.get("second")
        assert own.get("first") == "k1"
    assert parameters.reads - before <= 2
    parameters.available = True
    clock.sleep(10)
    assert own.get("second") == "k2"


def test_a_new_value_counts_within_half_a_minute(
    own: OwnSecrets, parameters: FakeParameters, clock: Clock
) -> None:
    parameters.put("own/model-key", "k1")
    own.get("model-key")
    parameters.put("own/model-key", "k2")
    assert own.get("model-key") == "k1"
    clock.sleep(33)
    assert own.get("model-key") == "k2"


def test_while_ssm_is_down_the_old_value_counts(
    own: OwnSecrets, parameters: FakeParameters, clock: Clock
) -> None:
    parameters.put("own/model-key", "k1")
    own.get("model-key")
    parameters.available = False
    clock.sleep(3600)
    assert own.get("model-key") == "k1"


def test_what_was_never_read_while_ssm_is_down_is_unavailable(
    own: OwnSecrets, parameters: FakeParameters
) -> None:
    parameters.available = False
    with pytest.raises(Unavailable, match="not been read"):
        own.get("model-key")


def test_a_missing_one_is_looked_for_every_ten_seconds_at_most(
    own: OwnSecrets, parameters: FakeParameters, clock: Clock
) -> None:
    for _ in range(3):
        with pytest.raises(SecretMissing, match=r"secrets set own/model-key --stage dev"):
            own.get("model-key")
    assert parameters.reads == 1
    parameters.put("own/model-key", "k1")
    clock.sleep(10)
    assert own.get("model-key") == "k1"


@pytest.mark.parametrize("name", ["", "../token", "model key", "own/x", "名"])
def test_what_is_no_name_is_refused(own: OwnSecrets, name: str) -> None:
    with pytest.raises(ValueError, match="is not a secret's name"):
        own.get(name)


def test_routes_and_schedules_get_it_from_ssm(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"/{uuid.uuid4().hex}"
    name = f"{path}/own/model-key"
    boto3.client("ssm").put_parameter(Name=name, Value="k1", Type="SecureString")
    own = OwnSecrets(SsmParameters(path), "dev")
    monkeypatch.setattr(bootstrap, "_own_secrets", lambda: own)
    assert bootstrap.secret("model-key") == "k1"
