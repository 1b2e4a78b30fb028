"""`python -m local.worker`: hands the queue's jobs to app.py's worker function, as Lambda does.

    receive  ->  worker(event, context)  ->  returned: delete
                                             raised:   leave it; the queue hands it out again

Several jobs are under way at once, each of another user, because the queue hands out only one
job of a user at a time. When it is asked to end, it finishes what it can and returns the other
jobs to the queue at once, so that the next worker gets them.
"""

import importlib
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import boto3
import click
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from simulator.controls import Controls

from . import project
from .environment import STAGE

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_AT_ONCE = 4
_WAIT_SECONDS = 1
"""How long the queue waits for a job when it has none; no request may be open when we end."""
_LOOK = 0.2
"""Seconds between two looks at what the phone's page says."""
_GRACE = 3
"""Seconds in which jobs under way may finish after we were asked to end."""
_PAUSE = 1
"""Seconds until a queue that is out of reach is asked again."""


@dataclass(frozen=True)
class Context:
    """The context that Lambda passes: it kills the function at `deadline`, in epoch seconds."""

    deadline: float
    function_name: str = f"wechalice-{STAGE}-worker"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self.deadline - time.time()) * 1000))


@dataclass
class Pump:
    """Moves jobs from the queue at `url` to `work`, which has `seconds` for each."""

    sqs: "SQSClient"
    url: str
    arn: str
    work: Callable[[Any, Context], None]
    seconds: float
    stopped: threading.Event = field(default_factory=threading.Event)
    crashing: threading.Event = field(default_factory=threading.Event)
    _held: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Works until `stopped` is set, then returns unfinished jobs to the queue."""
        threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(_AT_ONCE)]
        for thread in threads:
            thread.start()
        while not self.stopped.wait(_LOOK):
            if Controls.load().worker_killed:
                self._crash()
        deadline = time.monotonic() + _GRACE
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
        for receipt in tuple(self._held):
            self._return(receipt)

    def _crash(self) -> None:
        """Ends like a process that is killed, with the jobs that it holds.

        It first lets an open request to the queue end, because a job in its answer would be lost.
        """
        self.crashing.set()
        time.sleep(_WAIT_SECONDS + _LOOK)
        os.kill(os.getpid(), signal.SIGKILL)

    def _loop(self) -> None:
        while not self.stopped.is_set() and not self.crashing.is_set():
            try:
                message = self._received()
            except (BotoCoreError, ClientError):
                self.stopped.wait(_PAUSE)
            else:
                if message and (self.stopped.is_set() or self.crashing.is_set()):
                    self._return(message["ReceiptHandle"])
                elif message:
                    self._do(message)

    def _received(self) -> "MessageTypeDef | None":
        answer = self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=_WAIT_SECONDS,
            MessageSystemAttributeNames=["All"],
        )
        return next(iter(answer.get("Messages", [])), None)

    def _do(self, message: "MessageTypeDef") -> None:
        receipt = message["ReceiptHandle"]
        self._held.add(receipt)
        try:
            self.work(self._event(message), Context(time.time() + self.seconds))
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=receipt)
        except Exception as error:  # noqa: BLE001 - Lambda continues whatever a function raises
            _show(error)
        finally:
            self._held.discard(receipt)

    def _return(self, receipt: str) -> None:
        with suppress(BotoCoreError, ClientError):
            self.sqs.change_message_visibility(
                QueueUrl=self.url, ReceiptHandle=receipt, VisibilityTimeout=0
            )

    def _event(self, message: "MessageTypeDef") -> dict[str, Any]:
        record = {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": {},
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self.arn,
            "awsRegion": self.arn.split(":")[3],
        }
        return {"Records": [record]}


@click.command()
@click.option("--seconds", type=float, help="What a job may take, instead of the function's own.")
def main(seconds: float | None) -> None:
    """Works on the queue of the project in this directory until it is asked to end."""
    with project.problems_shown():
        settings = project.load(STAGE).scope(STAGE, "worker")
    sqs = boto3.client("sqs", config=Config(read_timeout=_WAIT_SECONDS + 10))
    url = sqs.get_queue_url(QueueName=os.environ["JOBS_QUEUE"])["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    work = importlib.import_module("app").worker
    pump = Pump(sqs, url, found["Attributes"]["QueueArn"], work, seconds or settings.lambda_timeout)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: pump.stopped.set())
    pump.run()


def _show(error: Exception) -> None:
    """Prints what Lambda would show. A job that failed has logged it already."""
    if type(error).__name__ != "JobFailed":
        traceback.print_exception(error)


if __name__ == "__main__":
    main()
