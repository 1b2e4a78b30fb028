"""The job queue in SQS: FIFO, so a group's jobs come one by one and in order."""

from functools import cached_property
from typing import TYPE_CHECKING

from ..ports import QueuedJob, Unavailable
from .aws import FAILURES, client, described

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsQueue:
    """The queue `name`, which ends in `.fifo`."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._client: SQSClient = client("sqs")

    @cached_property
    def _url(self) -> str:
        return self._client.get_queue_url(QueueName=self._name)["QueueUrl"]

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
            raise Unavailable(f"SQS: {described(error)}") from error

    def postpone(self, message: QueuedJob, seconds: float) -> None:
        """ChangeMessageVisibility; see `ports.Queue`."""
        try:
            self._client.change_message_visibility(
                QueueUrl=self._url,
                ReceiptHandle=message.receipt,
                VisibilityTimeout=round(seconds),
            )
        except FAILURES as error:
            raise Unavailable(f"SQS: {described(error)}") from error
