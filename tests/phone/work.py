"""Log lines about what the backend did for a push."""

import json
import time
from typing import Any

from chalicelib.delivery.jobs import Job
from chalicelib.delivery.outgoing import OutgoingMessages
from tests.fake_queue import FakeQueue
from tests.fakes import Clock


def text(content: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content}}


def worked(began: float, ended: float, identity: str, **fields: object) -> str:
    """The worker's line about a try."""
    took = (ended - began) * 1000
    line = {"time": ended, "level": "INFO", "event": "job", "identity": identity}
    return json.dumps({**line, "JobMilliseconds": took, "outcome": "sent", **fields})


def mail_for(seed: str, openid: str) -> str:
    """The identity of the message that a handler sends to that user."""
    queue = FakeQueue(Clock(time.time()))
    OutgoingMessages(queue, seed).send(openid, "a word")
    message = queue.receive()
    assert message
    return Job.read(message.body).identity


def queued(identity: str) -> str:
    """The door's line about a push that the worker will answer."""
    line = {"time": time.time(), "level": "INFO", "event": "push", "identity": identity}
    return json.dumps({**line, "PushMilliseconds": 1, "outcome": "queued"})
