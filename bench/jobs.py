"""What a job costs the worker: time, and calls to AWS and to WeChat's API, one job after another.

    one batch    slow pushes of new users arrive at the door and become jobs in the queue
                 the queue hands them out; the worker's function does each one, and is timed

AWS is a MiniStack, and WeChat is the simulator's API server, each a process on loopback.
"""

import gc
import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean
from threading import Event
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib import config
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text
from local import ports
from local.environment import HOST
from local.processes import Child, wait_until
from simulator.remote import Remote

from . import mounted
from .calls import Call, caught
from .comparison import Latencies
from .deployment import Deployment, deployed
from .events import Fresh, LambdaContext

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

ONE_TEXT, THREE_TEXTS = "one text", "three texts"
BATCH = 10
"""Jobs in a batch: as many as the queue hands out at a time."""

router = Router("bench")


@router.on(TextMessage, content=re.compile(f"{ONE_TEXT}.*"), slow=True)
def one_text(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(TextMessage, content=re.compile(f"{THREE_TEXTS}.*"), slow=True)
def three_texts(message: TextMessage, ctx: Context) -> Iterator[Reply]:
    for number in range(3):
        yield Text(f"{message.content} {number}")


@dataclass(frozen=True, slots=True)
class Jobs:
    """How long a job of each kind took, and which calls it made, in order."""

    latencies: Latencies
    calls: Mapping[str, Sequence[Call]]

    def per_second(self, kind: str) -> float:
        """Jobs of one kind that one thread does in a second."""
        return 1000 / fmean(self.latencies.samples[kind])


def measure(seconds: float) -> Jobs:
    """Measures both kinds of jobs for about so many `seconds`."""
    with deployed(Routes(router)) as deployment, _wechat(deployment) as wechat:
        bench = _Bench(deployment, wechat, boto3.client("sqs"))
        kinds = (ONE_TEXT, THREE_TEXTS)
        for kind in kinds:  # the first jobs also connect and fetch the access token
            bench.batch(kind)
        calls = {kind: bench.calls(kind) for kind in kinds}
        samples: dict[str, list[float]] = {kind: [] for kind in kinds}
        gc.collect()
        gc.freeze()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for kind in kinds:
                samples[kind] += bench.batch(kind)
        gc.unfreeze()
        _check_sent(deployment)
    title = "Jobs of one worker thread, with MiniStack and the simulator's API on loopback"
    return Jobs(Latencies(title, samples, {}, ()), calls)


@dataclass(frozen=True, slots=True)
class _Bench:
    deployment: Deployment
    wechat: Remote
    sqs: "SQSClient"

    def batch(self, kind: str) -> list[float]:
        """Milliseconds that each job of a new batch took."""
        return [_worked(event) for event in self._queued(kind, BATCH)]

    def calls(self, kind: str) -> list[Call]:
        """The calls to AWS and WeChat that one job makes."""
        (event,) = self._queued(kind, 1)
        with caught() as calls:
            _worked(event)
        return calls

    def _queued(self, kind: str, count: int) -> list[dict[str, Any]]:
        """New jobs of new users, as Lambda passes them to the worker."""
        for _ in range(count):
            fresh = Fresh.make(self.deployment.account, kind)
            self.wechat.arrived(fresh.push)
            mounted.app(fresh.event(), LambdaContext())
        return [_event(message) for message in self._received(count)]

    def _received(self, count: int) -> "Sequence[MessageTypeDef]":
        name = config.read(os.environ).jobs_queue
        url = self.sqs.get_queue_url(QueueName=name)["QueueUrl"]
        messages = self.sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=count, MessageSystemAttributeNames=["All"]
        )["Messages"]
        for message in messages:  # Lambda does this afterwards, but it is not what is timed
            self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return messages


def _event(message: "MessageTypeDef") -> dict[str, Any]:
    record = {
        "body": message["Body"],
        "receiptHandle": message["ReceiptHandle"],
        "attributes": message["Attributes"],
        "eventSourceARN": f"arn:aws:sqs:::{config.read(os.environ).jobs_queue}",
    }
    return {"Records": [record]}


def _worked(event: dict[str, Any]) -> float:
    """Milliseconds that a job took. Raises JobFailed."""
    context = LambdaContext()
    start = time.perf_counter_ns()
    mounted.worker(event, context)
    return (time.perf_counter_ns() - start) / 1_000_000


@contextmanager
def _wechat(deployment: Deployment) -> Iterator[Remote]:
    """WeChat's side as `make run` starts it. It delivers nothing, so no backend has to listen."""
    port = deployment.wechat_port
    command = [sys.executable, "-m", "simulator", "serve", "--console", str(deployment.console)]
    options = ["--url", f"http://{HOST}/wechat", "--port", str(port)]
    log = deployment.directory / "wechat.log"
    with Child("WeChat's side", [*command, *options], os.environ, log) as child:
        wait_until(lambda: ports.answers(port), child, Event())
        yield Remote(port)


def _check_sent(deployment: Deployment) -> None:
    """Raises if a job was not sent, because a job that gives up is fast and tells nothing."""
    lines = [json.loads(line) for line in deployment.log.read_text().splitlines()]
    outcomes = {line["outcome"] for line in lines if line["event"] == "job"}
    if outcomes != {"sent"}:
        raise AssertionError(f"some jobs were not sent: {outcomes}")
