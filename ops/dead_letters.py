"""Jobs that no try could do: what they are, why they failed, and the way back into their queue.

To read them is to hide them from others for a moment; then they wait as before. At most ten jobs
of one user, or of one lane of tasks, can be seen at a time, because the others wait behind these.
"""

import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.delivery.jobs import Job, JobUnreadable

from . import logs
from .errors import Failed, refused_as
from .region import region
from .target import JobQueue, Target

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

_HELD = 120
"""Seconds for which nobody else sees them if we are interrupted."""
_WHY = "{ $.JobDead = 1 }"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A job that came from `queue`; `job` is None if this version cannot read it."""

    queue: JobQueue
    message: str
    receipt: str
    group: str
    body: str
    job: Job | None

    @property
    def name(self) -> str:
        """The identity of the push, which the logs show too."""
        return self.job.identity if self.job else self.message

    @property
    def age(self) -> float:
        """Seconds since its push arrived."""
        return time.time() - self.job.arrival if self.job else 0

    @property
    def kind(self) -> str:
        """What the user did, in WeChat's words, or what else it is."""
        if self.job is None:
            return "unreadable"
        if self.job.push is None:
            return "a task" if self.job.task else "a message of our own"
        return str(self.job.push.get("Event") or self.job.push.get("MsgType", ""))


def count(target: Target) -> int:
    """The approximate number of those that wait. Raises Failed."""
    found = [attributes(target, queue.dead_letters) for queue in target.queues]
    return sum(int(each["ApproximateNumberOfMessages"]) for each in found)


def attributes(target: Target, queue: str) -> Mapping[str, str]:
    """What SQS says of a queue of the stage. Raises Failed."""
    url = _url(target, queue)
    answer = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(name): value for name, value in answer["Attributes"].items()}


@contextmanager
def held(target: Target) -> Iterator[list[DeadLetter]]:
    """Those that can be seen now, hidden from others in the `with` block. Raises Failed."""
    sqs, found = boto3.client("sqs"), list[DeadLetter]()
    urls = {queue: _url(target, queue.dead_letters) for queue in target.queues}
    try:
        with ThreadPoolExecutor() as pool:  # at once, because an empty queue answers late
            for letters in pool.map(partial(_received, sqs), urls, urls.values()):
                found += letters
        yield found
    finally:
        for each in found:
            with suppress(ClientError):  # it is gone
                sqs.change_message_visibility(
                    QueueUrl=urls[each.queue], ReceiptHandle=each.receipt, VisibilityTimeout=0
                )


def one(letters: list[DeadLetter], name: str) -> DeadLetter:
    """The only one whose name begins with `name`. Raises Failed."""
    fitting = [each for each in letters if each.name.startswith(name)]
    if len(fitting) != 1:
        how = f"{len(fitting)} dead letters begin with" if fitting else "There is no dead letter"
        raise Failed(f"{how} {name}; `dead-letters list` shows what there is.")
    return fitting[0]


def redrive(target: Target, letter: DeadLetter) -> None:
    """Puts the job back into its queue, behind its user's other jobs.

    It is sent before it is deleted, under a new deduplication id, because the queue would drop an
    id that it knows. If we are interrupted in between, the job is there twice, and its record
    makes sure that it is answered once.
    """
    boto3.client("sqs").send_message(
        QueueUrl=_url(target, letter.queue.name),
        MessageBody=letter.body,
        MessageGroupId=letter.group,
        MessageDeduplicationId=uuid.uuid4().hex,
    )
    drop(target, letter)


def drop(target: Target, letter: DeadLetter) -> None:
    """Deletes it for good: its user gets no answer."""
    boto3.client("sqs").delete_message(
        QueueUrl=_url(target, letter.queue.dead_letters), ReceiptHandle=letter.receipt
    )


def reasons(target: Target, letters: list[DeadLetter]) -> Mapping[str, Mapping[str, Any]]:
    """What a worker logged when each one failed for good, by name. Some logs may be gone."""
    if not letters:
        return {}
    _, *workers = logs.groups(target)
    since = time.time() - max(each.age for each in letters)
    fields = [line.fields for group in workers for line in logs.lines(group, _WHY, since)]
    return {each["identity"]: each for each in fields if each.get("JobDead") and "identity" in each}


def why(reason: Mapping[str, Any]) -> str:
    """The reason in a few words, without anything that a user wrote."""
    return str(reason.get("reason") or next(iter(reason.get("cause", [])), "?"))


def _received(sqs: "SQSClient", queue: JobQueue, url: str) -> list[DeadLetter]:
    found: list[DeadLetter] = []
    while messages := sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        VisibilityTimeout=_HELD,
        WaitTimeSeconds=1,
        MessageSystemAttributeNames=["MessageGroupId"],
    ).get("Messages"):
        found += [_read(queue, each) for each in messages]
    return found


def _read(queue: JobQueue, message: "MessageTypeDef") -> DeadLetter:
    body = message["Body"]
    try:
        job = Job.read(body)
    except JobUnreadable:
        job = None
    group = message["Attributes"]["MessageGroupId"]
    return DeadLetter(queue, message["MessageId"], message["ReceiptHandle"], group, body, job)


def _url(target: Target, queue: str) -> str:
    try:
        return boto3.client("sqs").get_queue_url(QueueName=queue)["QueueUrl"]
    except ClientError as error:
        if refused_as(error, "AWS.SimpleQueueService.NonExistentQueue"):
            raise Failed(
                f"There is no queue {queue} in {region()}: is that "
                "the right region (AWS_REGION)? If it is, create the queue with "
                f"`python -m ops up --stage {target.stage}`."
            ) from None
        raise
