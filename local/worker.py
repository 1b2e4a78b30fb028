"""`python -m local.worker`: hands the queue's jobs to app.py's worker function, as Lambda does.

    receive  ->  worker(event, context)  ->  returned: delete
                                             raised:   leave it; it comes again, as the queue says

Several jobs are under way at once, each of another user: that is the queue's doing. Told to end,
it finishes what it can and hands back the rest at once, for the sake of the next one to start.
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
"""For which the queue is asked for a job, when it has none; nobody must ask when we end."""
_LOOK = 0.2
"""Seconds between two looks at what the phone's page asks for."""
_GRACE = 3
"""Seconds in which jobs under way may end after we were told to."""
_PAUSE = 1
"""Seconds after which a queue that is out of reach is asked again."""


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function of itself: that it is killed at `deadline`, epoch seconds."""

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
    _in_hand: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Works until `stopped` is set, then hands back what is not done."""
        threads = [threading.Thread(target=self._loop, daemon=True) for _ in range(_AT_ONCE)]
        for thread in threads:
            thread.start()
        while not self.stopped.wait(_LOOK):
            if Controls.load().worker_killed:
                self._crash()
        deadline = time.monotonic() + _GRACE
        for thread in threads:
            thread.join(max(0, deadline - time.monotonic()))
        for receipt in tuple(self._in_hand):
            self._hand_back(receipt)

    def _crash(self) -> None:
        """Dies as a process that is killed, with the jobs it has in hand.

        But not while the queue still holds a question of ours: its answer would be lost with us.
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
                    self._hand_back(message["ReceiptHandle"])
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
        self._in_hand.add(receipt)
        try:
            self.work(self._event(message), Context(time.time() + self.seconds))
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=receipt)
        except Exception as error:  # noqa: BLE001 - Lambda goes on whatever a function raises
            _show(error)
        finally:
            self._in_hand.discard(receipt)

    def _hand_back(self, receipt: str) -> None:
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
    """Works on the queue of the project in this directory until it is told to end."""
    with project.problems_told():
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
    """What Lambda would show; a job that failed has told so itself."""
    if type(error).__name__ != "JobFailed":
        traceback.print_exception(error)


if __name__ == "__main__":
    main()
