"""The job queues in SQS; FIFO gives out a group's jobs one by one and in order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..ports import NewJob
from . import aws
from .aws import FAILURES, Reads, unavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


def client() -> "SQSClient":
    """A client that several queues may share."""
    made: SQSClient = aws.client("sqs")
    return made


class SqsQueue:
    """The queue `name`, which ends in `.fifo`."""

    def __init__(self, name: str, shared: "SQSClient | None" = None) -> None:
        self._name = name
        self._client = shared or client()
        self._reads = Reads(self._client)

    @cached_property
    def _url(self) -> str:
        return self._reads(lambda: self._client.get_queue_url(QueueName=self._name))["QueueUrl"]

    def send(self, body: str, group: str, deduplication: str) -> None:
        """SendMessage; see `ports.Queue`."""
        try:
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=body,
                MessageGroupId=group,
                MessageDeduplicationId=deduplication,
            )
        except FAILURES as error:
            raise unavailable("SQS", error) from error

    def send_batch(self, jobs: Sequence[NewJob]) -> Sequence[NewJob]:
        """SendMessageBatch; see `ports.BatchQueue`."""
        try:
            answer = self._client.send_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {
                        "Id": str(number),
                        "MessageBody": job.body,
                        "MessageGroupId": job.group,
                        "MessageDeduplicationId": job.deduplication,
                    }
                    for number, job in enumerate(jobs)
                ],
            )
        except FAILURES as error:
            raise unavailable("SQS", error) from error
        return [jobs[int(failed["Id"])] for failed in answer.get("Failed", ())]

    def given_out(self, message: Mapping[str, Any]) -> "SqsJob":
        """The job in a message of an SQS event, as Lambda passes it in.

        https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
        """
        tries = int(message["attributes"]["ApproximateReceiveCount"])
        return SqsJob(self, message["body"], tries, message["receiptHandle"])

    def hold(self, receipt: str, seconds: float) -> None:
        """ChangeMessageVisibility; see `ports.QueuedJob`."""
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url, ReceiptHandle=receipt, VisibilityTimeout=round(seconds)
            )
        except FAILURES as error:
            raise unavailable("SQS", error) from error


@dataclass(frozen=True, slots=True)
class SqsJob:
    """A job that SQS gave out under a `receipt`; see `ports.QueuedJob`."""

    queue: SqsQueue
    body: str
    tries: int
    receipt: str

    def hold(self, seconds: float) -> None:
        self.queue.hold(self.receipt, seconds)
