"""How many jobs a queue of the stage has."""

from . import dead_letters, leftovers, wording
from .target import Target


def counted(target: Target, queue: str) -> tuple[int, int] | None:
    """How many wait in a queue, and how many somebody has taken; None if it is gone."""
    if not leftovers.queue(queue):
        return None
    found = dead_letters.attributes(target, queue)
    waiting, taken = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
    return int(found[waiting]), int(found[taken])


def tried(target: Target) -> int:
    """How many are being tried now, or wait for their next try."""
    return sum((counted(target, queue.name) or (0, 0))[1] for queue in target.queues)


def being_tried(count: int) -> str:
    """The same in words: `1 job is being tried`."""
    return f"{wording.count(count, 'job')} {'is' if count == 1 else 'are'} being tried"
