"""Jobs as Lambda passes them to the worker: fresh pushes that went through the door and the queue.

AWS is a MiniStack, and WeChat is the simulator's API server, each a process on loopback.
"""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

import boto3

from chalicelib import config
from chalicelib.router import Routes
from local import ports
from local.environment import HOST
from local.processes import Child, wait_until
from simulator.remote import Remote

from . import mounted
from .deployment import Deployment, deployed
from .events import Fresh, LambdaContext

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef


@dataclass(frozen=True, slots=True)
class Queued:
    """A stage with its queue, and WeChat's side of it."""

    deployment: Deployment
    wechat: Remote
    sqs: "SQSClient"

    def jobs(self, text: str, count: int) -> list[dict[str, Any]]:
        """New jobs of new users who write something that begins with `text`."""
        for _ in range(count):
            fresh = Fresh.make(self.deployment.account, text)
            self.wechat.arrived(fresh.push)
            mounted.app(fresh.event(), LambdaContext())
        return self.received(count)

    def received(self, count: int) -> list[dict[str, Any]]:
        """The jobs that wait, at most so many, as Lambda passes them."""
        return [_event(message) for message in self._received(count)]

    def check_sent(self) -> None:
        """Raises if a job was not sent, because a job that gives up is fast and tells nothing."""
        lines = [json.loads(line) for line in self.deployment.log.read_text().splitlines()]
        outcomes = {line["outcome"] for line in lines if line["event"] == "job"}
        if outcomes != {"sent"}:
            raise AssertionError(f"some jobs were not sent: {outcomes}")

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


@contextmanager
def queued(routes: Routes) -> Iterator[Queued]:
    """A stage with these `routes`, and its queue, within the `with` block."""
    with deployed(routes) as deployment, _wechat(deployment) as wechat:
        yield Queued(deployment, wechat, boto3.client("sqs"))


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
