"""A stage of its own on MiniStack; `python -m local.worker` does its jobs in another process."""

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from chalicelib.adapters.dynamodb import DynamoDbTable
from chalicelib.adapters.sqs import SqsQueue
from chalicelib.delivery.attempt import TRIES
from chalicelib.delivery.jobs import Job
from chalicelib.delivery.line import Line
from chalicelib.delivery.record import key
from chalicelib.wechat.parsing import parse
from simulator import pushes
from simulator.account import Account
from simulator.events import USER
from tests.simulated import Side, wechat_side

ACCOUNT = Account.new()
IDENTITY = "push-1"


@dataclass(frozen=True)
class Stage:
    """A queue, a table, secrets, WeChat's side; the project in `project` works on its jobs."""

    name: str
    project: Path
    side: Side

    @property
    def queue_url(self) -> str:
        url: str = boto3.client("sqs").get_queue_url(QueueName=f"{self.name}.fifo")["QueueUrl"]
        return url

    def write(
        self, text: str, identity: str = IDENTITY, openid: str = USER, queue: str = ""
    ) -> None:
        """A user writes; the door has made a job of it, for the other queue if that is "-long"."""
        push = pushes.text(text).by(openid)
        self.side.world.arrived(push)
        fields = parse(push.xml(ACCOUNT.original_id).encode()).fields
        job = Job(identity, openid, time.time(), "door", f"test.{text}", fields)
        SqsQueue(f"{self.name}{queue}.fifo").send(job.to_json(), openid, identity)

    def record(self) -> dict[str, Any]:
        """The push as the table knows it; empty before it does."""
        return dict(self._table.get(key(IDENTITY)) or {})

    def waiting(self) -> int:
        """How many parts wait in the user's line."""
        return len(Line.look(self._table, USER, time.time()).parts)

    def said(self) -> list[str]:
        """What reached users, in order."""
        return [getattr(each.message, "content", "?") for each in self.side.world.received]

    @contextmanager
    def worker(self, seconds: float = 30) -> Iterator[subprocess.Popen[bytes]]:
        """A worker process with a function timeout of so many seconds; it is killed in the end."""
        environment = {
            **os.environ,
            "PARAMETER_PATH": f"/{self.name}",
            "STATE_TABLE": self.name,
            "JOBS_QUEUE": f"{self.name}.fifo",
            "LONG_QUEUE": f"{self.name}-long.fifo",
            "WECHAT_API_URL": self.side.address,
        }
        command = [sys.executable, "-m", "local.worker", "--seconds", str(seconds)]
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=self.project, env=environment, stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def dead(self) -> list[str]:
        """The identities of dead jobs."""
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName=f"{self.name}-dead.fifo")["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(each["Body"])["identity"] for each in found.get("Messages", [])]

    @property
    def log_text(self) -> str:
        return self._log.read_text()

    def counted(self, metric: str) -> float:
        """How often the log counted `metric`."""
        lines = [json.loads(line) for line in self.log_text.splitlines() if line.startswith("{")]
        return sum(float(line.get(metric, 0)) for line in lines)

    @cached_property
    def _table(self) -> DynamoDbTable:
        return DynamoDbTable(self.name)

    @property
    def _log(self) -> Path:
        return self.project.with_name(f"{self.name}.log")


@contextmanager
def stage(project: Path) -> Iterator[Stage]:
    """A stage that nobody else uses."""
    name = f"test-{uuid.uuid4().hex}"
    _create_queues(name)
    _create_table(name)
    for parameter, value in {"app-id": ACCOUNT.app_id, "app-secret": ACCOUNT.app_secret}.items():
        boto3.client("ssm").put_parameter(
            Name=f"/{name}/{parameter}", Value=value, Type="SecureString"
        )
    with wechat_side(ACCOUNT) as side:
        yield Stage(name, project, side)


def _create_queues(name: str) -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName=f"{name}-dead.fifo", Attributes={"FifoQueue": "true"})
    found = sqs.get_queue_attributes(QueueUrl=url["QueueUrl"], AttributeNames=["QueueArn"])
    redrive = {"deadLetterTargetArn": found["Attributes"]["QueueArn"], "maxReceiveCount": TRIES + 1}
    for queue in (f"{name}.fifo", f"{name}-long.fifo"):
        sqs.create_queue(
            QueueName=queue,
            Attributes={
                "FifoQueue": "true",
                "VisibilityTimeout": "60",
                "RedrivePolicy": json.dumps(redrive),
            },
        )


def _create_table(name: str) -> None:
    boto3.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
