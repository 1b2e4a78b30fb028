"""A table, a queue or an SSM that hangs does not keep the door from answering in time."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.adapters import sqs
from chalicelib.adapters.aws import TIMEOUTS
from chalicelib.adapters.ssm import SsmParameters
from chalicelib.ports import Unavailable
from simulator import pushes
from tests import slow_routes
from tests.conftest import OpenDoor
from tests.door import Door, Response
from tests.test_aws_calls import build, create_queue, create_table, put_parameters

SUCCESS = Response(200, "text/plain", "success")
WECHATS_PATIENCE = 5.0
LAMBDAS_PATIENCE = 30.0


@dataclass(frozen=True)
class Hanging:
    """A server that takes every request and answers none."""

    url: str
    connections: list[socket.socket] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """What it costs at most to have asked it."""
        each: Any = TIMEOUTS
        return float(len(self.connections) * (each.connect_timeout + each.read_timeout))


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        running = Hanging(f"http://127.0.0.1:{server.getsockname()[1]}")

        def accept() -> None:
            while True:
                try:
                    running.connections.append(server.accept()[0])
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield running
        server.shutdown(socket.SHUT_RDWR)
        for connection in running.connections:
            connection.close()


@pytest.fixture
def door(open_door: OpenDoor, aws: str, monkeypatch: pytest.MonkeyPatch) -> Door:
    """The backend as bootstrap builds it, which a test may cut off from a service."""
    door = open_door()
    name = f"deadline-{time.time_ns()}"
    monkeypatch.setenv("PARAMETER_PATH", put_parameters(f"/{name}", door))
    monkeypatch.setenv("STATE_TABLE", create_table(name))
    monkeypatch.setenv("JOBS_QUEUE", create_queue(f"{name}.fifo"))
    monkeypatch.setattr(bootstrap, "routes", slow_routes.routes(door.clock.sleep))
    monkeypatch.setattr(bootstrap, "pushes", cache(build))
    monkeypatch.setattr(bootstrap, "_sqs_client", cache(sqs.client))  # the last one knows its AWS
    return door


def test_without_the_table_a_push_is_answered_by_a_job(
    door: Door,
    hanging: Hanging,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", hanging.url)
    assert pushed(door) == SUCCESS
    assert 0 < hanging.seconds < WECHATS_PATIENCE
    assert '"outcome": "handed_over"' in capsys.readouterr().out


def test_without_table_and_queue_wechat_is_left_to_hang_up(
    door: Door,
    hanging: Hanging,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", hanging.url)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SQS", hanging.url)
    assert pushed(door).status == 200
    assert WECHATS_PATIENCE < time.time() - door.clock.now < LAMBDAS_PATIENCE
    assert '"outcome": "refused_by_queue"' in capsys.readouterr().out


def test_an_ssm_that_hangs_is_given_up_within_two_seconds(
    aws: str, hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", hanging.url)
    with pytest.raises(Unavailable, match="ReadTimeoutError"):
        SsmParameters("/wechalice/dev").read(["token"])
    assert 0 < hanging.seconds < 2


def pushed(door: Door) -> Response:
    """A push that arrives now, at a process that has started."""
    bootstrap.pushes()
    door.clock.now = time.time()
    return door.push(pushes.text("fast"))
