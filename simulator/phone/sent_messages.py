"""Finds the push of a message that the backend sends with `ctx.send`, by its identity."""

from functools import lru_cache

from chalicelib.delivery.outgoing import OutgoingMessages

_MOST = 8
"""Messages of one push to one user that are recognized, more than WeChat accepts."""


class _RecordingQueue:
    """A queue that records the identity of each job."""

    def __init__(self) -> None:
        self.identities: list[str] = []

    def send(self, body: str, group: str, deduplication: str) -> None:
        self.identities.append(deduplication)


@lru_cache(maxsize=20_000)
def identities_sent_for(identity: str, openid: str) -> frozenset[str]:
    """The identities of the messages that the backend may send that user for that push."""
    queue = _RecordingQueue()
    outgoing = OutgoingMessages(queue, identity)
    for _ in range(_MOST):
        outgoing.send(openid, "…")
    return frozenset(queue.identities)
