"""What SQS and its fake have in common; in SQS time passes by itself, in the fake at once."""

import json
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

import boto3
import pytest

from chalicelib.adapters.sqs import SqsJob, SqsQueue
from chalicelib.ports import (
    BatchQueue,
    Misconfigured,
    NewJob,
    Queue,
    QueuedJob,
    Unavailable,
)
from tests.fake_queue import FakeQueue
from tests.fakes import Clock

MAX_RECEIVES = 2


class BothQueue(Queue, BatchQueue, Protocol):
    """A queue that takes jobs alone and in batches."""


class Jobs(Protocol):
    """A queue, and the side that takes jobs out of it."""

    queue: BothQueue

    def receive(self) -> QueuedJob | None: ...
    def delete(self, job: Any) -> None: ...
    def wait(self, seconds: float) -> None: ...
    def dead(self) -> list[str]: ...


class Fake:
    def __init__(self, visibility: int) -> None:
        clock = Clock(1_700_000_000)
        self.queue = FakeQueue(clock, MAX_RECEIVES, visibility)
        self.receive = self.queue.receive
        self.delete = self.queue.delete
        self.wait = clock.sleep

    def dead(self) -> list[str]:
        return self.queue.dead


class Sqs:
    def __init__(self, visibility: int) -> None:
        name = f"jobs-{uuid.uuid4().hex}"
        self._client = boto3.client("sqs")
        self._dead = self._create(f"{name}-dead.fifo", {})
        redrive = {"deadLetterTargetArn": self._arn(self._dead), "maxReceiveCount": MAX_RECEIVES}
        self._url = self._create(
            f"{name}.fifo",
            {"VisibilityTimeout": str(visibility), "RedrivePolicy": json.dumps(redrive)},
        )
        self.queue = SqsQueue(f"{name}.fifo")
        self.wait = time.sleep

    def receive(self) -> QueuedJob | None:
        for message in self._received(self._url):
            return self.queue.given_out(_as_lambda_has_it(message))
        return None

    def delete(self, job: SqsJob) -> None:
        with suppress(self._client.exceptions.ReceiptHandleIsInvalid):
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=job.receipt)

    def dead(self) -> list[str]:
        return [message["Body"] for message in self._received(self._dead)]

    def _received(self, url: str) -> Any:
        answer = self._client.receive_message(
            QueueUrl=url, MessageSystemAttributeNames=["ApproximateReceiveCount"]
        )
        return answer.get("Messages", [])

    def _create(self, name: str, attributes: dict[Any, str]) -> str:
        made = self._client.create_queue(
            QueueName=name, Attributes={"FifoQueue": "true", **attributes}
        )
        return made["QueueUrl"]

    def _arn(self, url: str) -> str:
        found = self._client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return found["Attributes"]["QueueArn"]


def _as_lambda_has_it(message: Any) -> dict[str, Any]:
    return {
        "body": message["Body"],
        "receiptHandle": message["ReceiptHandle"],
        "attributes": message["Attributes"],
    }


MadeWith: TypeAlias = Callable[[int], Jobs]


@pytest.fixture(params=[Fake, Sqs])
def kind(request: pytest.FixtureRequest, aws: str) -> MadeWith:
    """Makes queues in which a job, once handed out, is invisible for so many seconds."""
    kind: MadeWith = request.param
    return kind


@pytest.fixture
def jobs(kind: MadeWith) -> Jobs:
    """A queue in which no job comes again while a test lasts."""
    return kind(600)


@pytest.fixture
def hasty_jobs(kind: MadeWith) -> Jobs:
    return kind(1)


def received(jobs: Jobs) -> QueuedJob:
    message = jobs.receive()
    assert message is not None
    return message


def awaited(jobs: Jobs) -> QueuedJob:
    """The next job, when it comes."""
    for _ in range(600):
        if message := jobs.receive():
            return message
        jobs.wait(0.1)
    pytest.fail("waited in vain")


def test_an_empty_queue_hands_out_nothing(jobs: Jobs) -> None:
    assert jobs.receive() is None


def test_a_job_comes_as_it_was_sent(jobs: Jobs) -> None:
    jobs.queue.send('{"openid": "你"}', "user", "1")
    message = received(jobs)
    assert (message.body, message.tries) == ('{"openid": "你"}', 1)


def test_a_group_comes_in_order_one_job_at_a_time(jobs: Jobs) -> None:
    jobs.queue.send("first", "user", "1")
    jobs.queue.send("second", "user", "2")
    first = received(jobs)
    assert first.body == "first"
    assert jobs.receive() is None
    jobs.delete(first)
    assert received(jobs).body == "second"


def test_groups_do_not_wait_for_each_other(jobs: Jobs) -> None:
    jobs.queue.send("first", "user", "1")
    jobs.queue.send("second", "another", "2")
    assert {received(jobs).body, received(jobs).body} == {"first", "second"}


def test_a_batch_comes_as_its_jobs_would(jobs: Jobs) -> None:
    batch = [NewJob("first", "user", "1"), NewJob("second", "user", "2"), NewJob("other", "b", "3")]
    assert jobs.queue.send_batch([*batch, NewJob("again", "user", "1")]) == []
    first, other = received(jobs), received(jobs)
    assert {first.body, other.body} == {"first", "other"}
    jobs.delete(first if first.body == "first" else other)
    assert received(jobs).body == "second"


def test_a_batch_returns_the_jobs_that_the_queue_does_not_take(jobs: Jobs) -> None:
    refused = NewJob("refused", "", "1")
    assert jobs.queue.send_batch([refused, NewJob("first", "user", "2")]) == [refused]
    assert received(jobs).body == "first"


def test_a_duplicate_is_dropped(jobs: Jobs) -> None:
    jobs.queue.send("first", "user", "1")
    jobs.queue.send("again", "user", "1")
    jobs.delete(received(jobs))
    assert jobs.receive() is None


def test_a_duplicate_is_dropped_even_when_the_first_is_done(jobs: Jobs) -> None:
    jobs.queue.send("first", "user", "1")
    jobs.delete(received(jobs))
    jobs.queue.send("again", "user", "1")
    assert jobs.receive() is None


def test_a_job_that_is_not_deleted_comes_again(hasty_jobs: Jobs) -> None:
    hasty_jobs.queue.send("first", "user", "1")
    received(hasty_jobs)
    again = awaited(hasty_jobs)
    assert (again.body, again.tries) == ("first", 2)


def test_a_job_that_is_held_comes_no_sooner_and_its_group_waits(hasty_jobs: Jobs) -> None:
    hasty_jobs.queue.send("first", "user", "1")
    hasty_jobs.queue.send("second", "user", "2")
    received(hasty_jobs).hold(600)
    hasty_jobs.wait(1.2)
    assert hasty_jobs.receive() is None


def test_a_job_that_is_held_comes_when_it_is_time(jobs: Jobs) -> None:
    jobs.queue.send("first", "user", "1")
    jobs.queue.send("second", "user", "2")
    received(jobs).hold(1)
    assert awaited(jobs).body == "first"


def test_a_job_held_for_no_time_comes_at_once(jobs: Jobs) -> None:
    jobs.queue.send("first", "user", "1")
    received(jobs).hold(0)
    assert received(jobs).tries == 2


def test_after_its_last_try_a_job_is_a_dead_letter(jobs: Jobs) -> None:
    jobs.queue.send("first", "user", "1")
    jobs.queue.send("second", "user", "2")
    for _ in range(MAX_RECEIVES):
        received(jobs).hold(0)
    assert received(jobs).body == "second"
    assert jobs.dead() == ["first"]


def test_a_dead_letter_comes_back_with_a_new_deduplication_id(jobs: Jobs) -> None:
    jobs.queue.send("first", "user", "1")
    for _ in range(MAX_RECEIVES):
        received(jobs).hold(0)
    assert jobs.receive() is None
    jobs.queue.send("first", "user", "1")
    assert jobs.receive() is None
    jobs.queue.send("first", "user", "redriven")
    assert received(jobs).tries == 1


def test_a_receipt_of_an_earlier_try_deletes_nothing(jobs: Jobs) -> None:
    jobs.queue.send("first", "user", "1")
    early = received(jobs)
    early.hold(0)
    late = received(jobs)
    jobs.delete(early)
    late.hold(0)
    assert jobs.receive() is None
    assert jobs.dead() == ["first"]


def test_a_queue_out_of_reach_is_unavailable_and_asked_once(
    monkeypatch: pytest.MonkeyPatch, aws: str, calls: list[str]
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    queue = SqsQueue("jobs.fifo")
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        queue.send("job", "user", "1")
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        queue.send_batch([NewJob("job", "user", "1")])
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        SqsJob(queue, "job", 1, "receipt").hold(2)
    assert calls == ["GetQueueUrl", "a new connection"] * 3


def test_a_queue_that_is_not_there_refuses_for_good(aws: str) -> None:
    with pytest.raises(Misconfigured, match=r"NonExistentQueue|QueueDoesNotExist"):
        SqsQueue("no-such-queue.fifo").send("job", "user", "1")
