"""Hands the jobs of a queue to a function, as Lambda does.

    receive  ->  worker(event, context)  ->  returned: delete
                                             raised, killed or ended: leave it in the queue
                                             interrupted by us: put it back, which costs no try

Several jobs are under way at once, each of another user, because the queue hands out only one
job of a user at a time. Each has a container to itself.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib import log
from chalicelib.delivery.jobs import Job

from . import ministack
from .containers import Container, Exited, TimedOut, Zygote

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

WAIT_SECONDS = 1
"""How long the queue waits for a job when it has none; no request may be open when we end."""
_PAUSE = 1
"""Seconds until a queue that is out of reach is asked again."""


class _Job(NamedTuple):
    """A message of the queue: what returns or deletes it, and the function's event."""

    receipt: str
    event: dict[str, Any]


@dataclass
class Pump:
    """Moves jobs from `queue` to containers of `function`, `at_once` of them at most.

    A job may take `seconds`. Once `stopped` is set, no more are received.
    """

    sqs: "SQSClient"
    zygote: Zygote
    function: str
    queue: str
    at_once: int
    seconds: float
    stopped: Event
    _threads: list[Thread] = field(default_factory=list)
    _receiving: Lock = field(default_factory=Lock)
    _warm: list[Container] = field(default_factory=list)
    _busy: set[Container] = field(default_factory=set)

    def start(self) -> None:
        self._threads = [Thread(target=self._loop, daemon=True) for _ in range(self.at_once)]
        for thread in self._threads:
            thread.start()

    def end(self, deadline: float) -> None:
        """Lets jobs under way finish until `deadline`, and returns the others to the queue."""
        for thread in self._threads:
            thread.join(max(0, deadline - time.monotonic()))
        for container in tuple(self._busy):
            container.kill()
        for thread in self._threads:
            thread.join()

    def _loop(self) -> None:
        while not self.stopped.is_set():
            try:
                with self._receiving:
                    job = self._received()
            except (BotoCoreError, ClientError):
                self.stopped.wait(_PAUSE)
            else:
                if job:
                    self._do(job)

    def _received(self) -> _Job | None:
        if self.stopped.is_set():
            return None
        answer = self.sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=1,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=["All"],
        )
        messages = answer.get("Messages")
        return (
            _Job(messages[0]["ReceiptHandle"], _event(messages[0], self._arn)) if messages else None
        )

    def _do(self, job: _Job) -> None:
        if self.stopped.is_set():
            self._return(job)
            return
        container = self._warm.pop() if self._warm else self.zygote.container(self.function)
        self._busy.add(container)
        try:
            if container.run(job.event, self.seconds):
                self._delete(job)
            self._warm.append(container)
        except TimedOut:
            _say(f"{self.function}: Task timed out after {self.seconds:.2f} seconds")
        except Exited as how:
            if self.stopped.is_set():
                self._return(job)
                _log_interrupted(job)
            else:
                _say(f"{self.function}: Runtime exited with error: {how}")
        finally:
            self._busy.discard(container)

    def _delete(self, job: _Job) -> None:
        with suppress(BotoCoreError, ClientError):
            self.sqs.delete_message(QueueUrl=self._url, ReceiptHandle=job.receipt)

    def _return(self, job: _Job) -> None:
        with suppress(OSError):  # then it comes again when its visibility ends
            ministack.unreceive(self.sqs.meta.endpoint_url, job.receipt)

    @cached_property
    def _url(self) -> str:
        return self.sqs.get_queue_url(QueueName=self.queue)["QueueUrl"]

    @cached_property
    def _arn(self) -> str:
        found = self.sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        return found["Attributes"]["QueueArn"]


def _event(message: "MessageTypeDef", arn: str) -> dict[str, Any]:
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": arn.split(":")[3],
    }
    return {"Records": [record]}


def _log_interrupted(job: _Job) -> None:
    said = Job.read(job.event["Records"][0]["body"])
    log.write(
        "a job was interrupted and starts again", None, identity=said.identity, route=said.route
    )


def _say(line: str) -> None:
    """Prints what Lambda would log, in one write, because containers print beside us."""
    print(f"{line}\n", end="", flush=True)
