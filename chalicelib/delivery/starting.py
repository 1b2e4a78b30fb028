"""Starts tasks: each becomes a job of the long queue, once.

A task is known by a digest of its name, its identity and its arguments. Its record is kept for 20
days, so a task that was started before does nothing. Tasks are spread over a few lanes, each of
which runs one at a time. So the other half of the long worker is always there for users.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

from ..ports import BatchQueue, Misconfigured, NewJob, Unavailable
from ..router.routes import Routes
from ..router.task import StartError
from ..wechat import plain_json
from .jobs import Job

BATCH = 10
"""How many jobs SQS takes in one request."""
PAUSES = (0.2, 1.0, 3.0)
"""Seconds before a batch, or what the queue has not taken of it, is sent again."""


def lanes(at_once: int) -> int:
    """How many tasks may run at once: at most half of what the long worker does at once."""
    return max(1, at_once // 2)


class Starting:
    """Starts tasks of `routes`, in as many lanes."""

    def __init__(
        self,
        routes: Routes,
        queue: BatchQueue,
        lanes: int,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._routes = routes
        self._queue = queue
        self._lanes = lanes
        self._clock = clock
        self._sleep = sleep

    def start(self, name: str, many: Iterable[Sequence[Any]], identity: str) -> None:
        """Starts the task once with each of these arguments; see `Context.start`.

        Raises StartError, or Unavailable: then some may be started, and starting all again is safe.
        """
        task, sender = self._routes.task(name), secrets.token_hex(16)
        if task is None:
            raise StartError(f"no router has a task {name!r}; a task is called <router>.<name>")
        jobs = (self._job(name, task.arguments(each), identity, sender) for each in many)
        for batch in _batches(jobs):
            self._send(batch)

    def _job(self, name: str, arguments: str, identity: str, sender: str) -> NewJob:
        digest = sha256(plain_json.stored([name, identity, arguments]).encode()).hexdigest()
        job = Job(
            identity=digest,
            openid="",
            arrival=self._clock(),
            sender=sender,
            route=name,
            task=arguments,
            lane=int(digest[:8], 16) % self._lanes,
        )
        return NewJob(job.to_json(), job.group, digest)

    def _send(self, batch: Sequence[NewJob]) -> None:
        left = self._not_taken(batch)
        for pause in PAUSES:
            if not left:
                return
            self._sleep(pause)
            left = self._not_taken(left)
        if left:
            raise Unavailable("SQS did not take all jobs of a batch")

    def _not_taken(self, batch: Sequence[NewJob]) -> Sequence[NewJob]:
        try:
            return self._queue.send_batch(batch)
        except Misconfigured:
            raise
        except Unavailable:
            return batch


def _batches(jobs: Iterator[NewJob]) -> Iterator[Sequence[NewJob]]:
    while batch := tuple(islice(jobs, BATCH)):
        yield batch
