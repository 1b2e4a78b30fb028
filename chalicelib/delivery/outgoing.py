"""Messages that answer no push, such as those of `ctx.send`: each becomes a job."""

import time
from collections.abc import Callable
from hashlib import sha256

from ..ports import Queue
from ..router.handler_result import HandlerResult, replies
from ..wechat.reply_json import to_json
from .jobs import Job


class OutgoingMessages:
    """Sends messages; `seed` and a count identify each one, so a repeated run sends none twice.

    A stream counts again from each piece that it has yielded, because its next run goes on there.
    """

    def __init__(self, queue: Queue, seed: str, clock: Callable[[], float] = time.time) -> None:
        self._queue = queue
        self._seed = seed
        self._clock = clock
        self._point = ""
        self._sent: dict[str, int] = {}

    def go_on_from(self, length: int) -> None:
        """After a stream has yielded so much."""
        self._point, self._sent = f".{length}", {}

    def send(self, openid: str, answer: HandlerResult) -> None:
        """Sends `answer`, which is anything a handler may return. Raises Unavailable."""
        number = self._sent[openid] = self._sent.get(openid, 0) + 1
        name = f"{self._seed}{self._point} {openid} {number}"
        identity = sha256(name.encode()).hexdigest()
        job = Job(
            identity=identity,
            openid=openid,
            arrival=self._clock(),
            sender=self._seed,
            said=to_json(replies(answer)),
        )
        self._queue.send(job.to_json(), openid, deduplication=identity)
