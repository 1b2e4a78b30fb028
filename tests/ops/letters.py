"""Dead letters of a stage, and the log lines about them, made and found as tests need them."""

import json
import time
from typing import Any

import boto3

from chalicelib.delivery.jobs import Job
from chalicelib.wechat.xml import Fields
from ops.target import JobQueue
from tests.ops.operator import Operator

WROTE = "天气 北京"
DEAD = "a job is dead; it waits in the dead-letter queue"

CAUSE = [
    "HandlerFailed",
    '  File "/var/task/chalicelib/router/routing.py", line 9, in run\n    handler()',
    "KeyError",
    '  File "/var/task/chalicelib/handlers/report.py", line 12, in write\n    cities[name]',
    '  File "/var/task/chalicelib/wechat/xml.py", line 3, in read',
]
"""Of a handler that raises, as the log has it."""


def queue(name: str) -> str:
    return boto3.client("sqs").get_queue_url(QueueName=name)["QueueUrl"]


def bury(operator: Operator, identity: str, openid: str = "oUser") -> None:
    """A job dies."""
    fields: Fields = {"MsgType": "text", "Content": WROTE, "FromUserName": openid}
    job = Job(identity, openid, time.time() - 7200, "door", "weather.forecast", fields)
    bury_in(operator.target.queues[0], job)


def bury_in(of: JobQueue, job: Job) -> None:
    boto3.client("sqs").send_message(
        QueueUrl=queue(of.dead_letters),
        MessageBody=job.to_json(),
        MessageGroupId=job.group,
        MessageDeduplicationId=job.identity,
    )


def log(operator: Operator, group: str, ago: float = 0, **fields: Any) -> None:
    """The backend has written a line, so many seconds ago."""
    now = time.time() - ago
    line = {"time": now, "level": "INFO", "Stage": operator.stage, **fields}
    write(group, json.dumps(line), now)


def write(group: str, line: str, now: float) -> None:
    """Puts any line into a log, such as one of Lambda's own."""
    client = boto3.client("logs")
    if not client.describe_log_streams(logGroupName=group)["logStreams"]:
        client.create_log_stream(logGroupName=group, logStreamName="1")
    client.put_log_events(
        logGroupName=group,
        logStreamName="1",
        logEvents=[{"timestamp": int(now * 1000), "message": line}],
    )


def waiting(name: str) -> list[dict[str, Any]]:
    """The jobs in a queue, which stay there."""
    answer = boto3.client("sqs").receive_message(
        QueueUrl=queue(name),
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
        MessageSystemAttributeNames=["MessageGroupId", "MessageDeduplicationId"],
    )
    return [
        {**json.loads(each["Body"]), "attributes": each["Attributes"]}
        for each in answer.get("Messages", [])
    ]
