"""Messages of the backend's own (`ctx.send`): the identity tells for which push each was sent."""

from functools import lru_cache

from chalicelib.delivery.outgoing import OutgoingMessages

_MOST = 8
"""Messages of one push to one user that are recognized: more than WeChat would take."""


class _RecordingQueue:
    """A queue that keeps the identity of each job, and nothing else."""

    def __init__(self) -> None:
        self.identities: list[str] = []

    def send(self, body: str, group: str, deduplication: str) -> None:
        self.identities.append(deduplication)


@lru_cache(maxsize=20_000)
def identities_sent_for(identity: str, openid: str) -> frozenset[str]:
    """The identities of what the backend may send that user while it answers that push."""
    queue = _RecordingQueue()
    outgoing = OutgoingMessages(queue, identity)
    for _ in range(_MOST):
        outgoing.send(openid, "…")
    return frozenset(queue.identities)
