"""Jobs that no try could do: what they are, why they failed, and the way back into their queue.

To read them is to hide them from others for a moment; then they wait as before. At most ten jobs
of one user, or of one lane of tasks, can be seen at a time, because the others wait behind these.
"""

import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from chalicelib.delivery.jobs import Job, JobUnreadable

from .errors import Failed, refused_as
from .region import region
from .target import JobQueue, Target

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import BatchResultErrorEntryTypeDef, MessageTypeDef

_HELD = 120
"""Seconds for which nobody else sees them if we are interrupted."""
_WAIT = 1
"""Seconds for which SQS looks, because it asks all of its servers only if it may wait."""
_TEN = 10
"""The most messages that SQS takes or gives in one request."""
_LARGEST = 1024 * 1024
"""The most bytes of all messages in one request."""


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
    """The approximate number of those that wait, read by somebody now or not. Raises Failed."""
    return sum(messages(target, queue.dead_letters) for queue in target.queues)


def messages(target: Target, queue: str) -> int:
    """The approximate number of those in a queue of the stage, read or not. Raises Failed."""
    found = attributes(target, queue)
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    return sum(int(found[name]) for name in names)


def attributes(target: Target, queue: str) -> Mapping[str, str]:
    """What SQS says of a queue of the stage. Raises Failed."""
    url = _url(target, queue)
    answer = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    return {str(name): value for name, value in answer["Attributes"].items()}


@contextmanager
def held(
    target: Target, most: int = sys.maxsize, queues: Sequence[JobQueue] = (), until: str = ""
) -> Iterator[list[DeadLetter]]:
    """Those that can be seen now, hidden from others in the `with` block. Raises Failed.

    It looks for `most` in each queue, ten at a time, so there can be a few more, or `until` it
    sees one whose name begins so.
    """
    urls = {queue: _url(target, queue.dead_letters) for queue in queues or target.queues}
    found: dict[str, DeadLetter] = {}
    try:
        _find(urls, most, until, found)
        yield [*found.values()]
    finally:
        for queue, url in urls.items():
            _release(url, [each for each in found.values() if each.queue == queue])


def one(letters: list[DeadLetter], name: str) -> DeadLetter:
    """The only one whose name begins with `name`. Raises Failed."""
    fitting = [each for each in letters if each.name.startswith(name)]
    if len(fitting) != 1:
        how = f"{len(fitting)} dead letters begin with" if fitting else "There is no dead letter"
        raise Failed(f"{how} {name}; `dead-letters list` shows what there is.")
    return fitting[0]


def redrive(target: Target, letters: Sequence[DeadLetter]) -> Iterator[int]:
    """Puts jobs of one queue back into it, behind their users' other jobs; yields how many are.

    Only what was sent is deleted. It is sent under a new deduplication id, because the queue would
    drop an id that it knows. If we are interrupted in between, the next run sends it under the
    same id, which the queue drops for five minutes; after that the job is there twice, and its
    record makes sure that it is answered once. Raises Failed when AWS refuses some of them.
    """
    for request in _in_turns(letters):
        answer = boto3.client("sqs").send_message_batch(
            QueueUrl=_url(target, request[0].queue.name),
            Entries=[
                {
                    "Id": str(number),
                    "MessageBody": each.body,
                    "MessageGroupId": each.group,
                    "MessageDeduplicationId": f"redriven-{each.message}",
                }
                for number, each in enumerate(request)
            ],
        )
        sent = [request[int(each["Id"])] for each in answer.get("Successful", ())]
        kept = _delete(target, sent)
        yield len(sent)
        if refused := answer.get("Failed"):
            raise Failed(
                f"AWS did not take {len(refused)} back ({_codes(refused)}); they wait as before. "
                "Run it again, and it continues."
            )
        if kept:
            raise Failed(
                f"AWS sent {len(kept)} but did not delete them here ({_codes(kept)}). Run it "
                "again: they may be sent twice, and are answered once."
            )


def redrive_all(target: Target) -> Iterator[int]:
    """Puts back as many as wait now, those of each user in order; yields how many at a time.

    What dies again meanwhile is not counted, so this ends. Raises Failed.
    """
    for queue in target.queues:
        left = messages(target, queue.dead_letters)
        while True:
            with held(target, _TEN, [queue]) as letters:
                for back in redrive(target, letters):
                    left -= back
                    yield back
            if not letters or left <= 0:
                break


def drop(target: Target, letter: DeadLetter) -> None:
    """Deletes it for good: its user gets no answer. Raises Failed."""
    if kept := _delete(target, [letter]):
        raise Failed(f"AWS did not delete it ({_codes(kept)}): it waits as before. Run it again.")


def _find(
    urls: Mapping[JobQueue, str], most: int, until: str, found: dict[str, DeadLetter]
) -> None:
    """Puts into `found`, by message, what can be seen now.

    A queue is at its end when it shows nothing, or again what it has shown before.
    """
    done = False
    with ThreadPoolExecutor() as pool:  # at once, because an empty queue answers late
        reading = {pool.submit(_ten, queue, url): queue for queue, url in urls.items()}
        while reading:
            for each in wait(reading, return_when=FIRST_COMPLETED).done:
                queue, letters = reading.pop(each), each.result()
                new = {letter.message: letter for letter in letters}
                shown = bool(found.keys() & new)
                found |= new
                so_many = sum(letter.queue == queue for letter in found.values())
                done |= bool(until) and any(letter.name.startswith(until) for letter in letters)
                if letters and not shown and not done and so_many < most:
                    reading[pool.submit(_ten, queue, urls[queue])] = queue


def _ten(queue: JobQueue, url: str) -> list[DeadLetter]:
    answer = boto3.client("sqs").receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=_TEN,
        VisibilityTimeout=_HELD,
        WaitTimeSeconds=_WAIT,
        MessageSystemAttributeNames=["MessageGroupId"],
    )
    return [_read(queue, each) for each in answer.get("Messages", ())]


def _read(queue: JobQueue, message: "MessageTypeDef") -> DeadLetter:
    body = message["Body"]
    try:
        job = Job.read(body)
    except JobUnreadable:
        job = None
    group = message["Attributes"]["MessageGroupId"]
    return DeadLetter(queue, message["MessageId"], message["ReceiptHandle"], group, body, job)


def _in_turns(letters: Sequence[DeadLetter]) -> Iterator[list[DeadLetter]]:
    """The first of each user, then the second of each, and so on; tasks are in no order.

    AWS may refuse one of a request and take the others, which must not overtake it.
    """
    users = defaultdict[str, list[DeadLetter]](list)
    for each in letters:
        users[each.message if each.job and each.job.task else each.group].append(each)
    for turn in zip_longest(*users.values()):
        yield from _requests([each for each in turn if each])


def _requests(letters: Sequence[DeadLetter]) -> Iterator[list[DeadLetter]]:
    """As many of them at a time as one request may hold."""
    request, size = list[DeadLetter](), 0
    for each in letters:
        own = len(each.body.encode())
        if len(request) == _TEN or (request and size + own > _LARGEST):
            yield request
            request, size = [], 0
        request.append(each)
        size += own
    if request:
        yield request


def _delete(
    target: Target, letters: Sequence[DeadLetter]
) -> "Sequence[BatchResultErrorEntryTypeDef]":
    """Deletes them, ten at most, and returns what AWS says of those that it did not delete."""
    if not letters:
        return ()
    answer = boto3.client("sqs").delete_message_batch(
        QueueUrl=_url(target, letters[0].queue.dead_letters),
        Entries=[
            {"Id": str(number), "ReceiptHandle": each.receipt}
            for number, each in enumerate(letters)
        ],
    )
    return answer.get("Failed", ())


def _release(url: str, letters: Sequence[DeadLetter]) -> None:
    """Lets others see them again, as far as they are there."""
    for request in _requests(letters):
        with suppress(ClientError):
            boto3.client("sqs").change_message_visibility_batch(
                QueueUrl=url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
                    for number, each in enumerate(request)
                ],
            )


def _codes(failed: "Sequence[BatchResultErrorEntryTypeDef]") -> str:
    return ", ".join(sorted({each["Code"] for each in failed}))


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
