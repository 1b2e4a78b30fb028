"""The record of a push, and the writes that move it.

    nothing --claim--> running --answer--> answered <-+ replay     arrival > 0: the connection's
       |                  | hand, late        | take  |
       +------take-----> queued <-------------+-------+            arrival = 0: the queue's
                          | answer, sent ...
                          v
                       delivered

`answering_arrival` is the arrival of the delivery that may answer. It is 0, for good, once the
push is the queue's. WeChat delivers again only after it has thrown the previous answer away. So a
later delivery may repeat what an earlier one said, and none answers once the queue will.

An owner works on a push until its `lease` ends. A lease outlives its owner's process, so one
that has ended means a dead owner.

The table forgets a record in its own time after it `expires`, so one that it has not forgotten
yet counts as gone.
"""

from dataclasses import dataclass

from .. import formats
from ..conditions import Item, above, absent, all_of, any_of, at_most, equal
from ..ports import Unavailable, Write

KEPT = 20 * 24 * 3600
"""Seconds for which a record is kept: longer than queue and dead-letter queue together."""
LEASE = 5
"""Seconds by which a lease outlives the process that holds it."""
QUEUE = 0.0
"""The arrival that stands for the queue, which will answer."""
FORMAT = 1
NO_ANSWER = ""
NOTHING_FETCHED = -1
"""What is `left` in the outbox when an answer holds nothing out of it."""


@dataclass(frozen=True, slots=True)
class Record:
    """A push as the table knows it; times in epoch seconds, `answer` as reply_json makes it."""

    owner: str
    lease: float
    answering_arrival: float
    answer: str
    sent: int
    delivered: bool
    in_doubt: int
    waited: bool
    left: int

    @classmethod
    def read(cls, item: Item | None) -> "Record":
        """The record in an item of the table. Raises Unavailable when it has vanished."""
        if not item:
            raise Unavailable("the record vanished")
        formats.check(item, FORMAT)
        return cls(
            owner=str(item["owner"]),
            lease=float(item["lease"]),
            answering_arrival=float(item["answering_arrival"]),
            answer=str(item["answer"]),
            sent=int(item["sent"]),
            delivered=bool(item["delivered"]),
            in_doubt=int(item["in_doubt"]),
            waited=bool(item["waited"]),
            left=int(item["left"]),
        )


def key(identity: str) -> str:
    return f"push#{identity}"


def claim(identity: str, owner: str, lease: float, arrival: float, now: float) -> Write:
    """A new push becomes the owner's: a door's until it answers, or the queue's."""
    unknown = absent("owner")
    forgotten = at_most("expires", now)
    return Write(
        key(identity),
        any_of(unknown, forgotten),
        {
            "owner": owner,
            "lease": lease,
            "answering_arrival": arrival,
            "answer": NO_ANSWER,
            "sent": 0,
            "delivered": False,
            "in_doubt": 0,
            "waited": False,
            "left": NOTHING_FETCHED,
            "expires": now + KEPT,
            "format": FORMAT,
        },
    )


def answer(identity: str, owner: str, said: str, left: int) -> Write:
    """A door's owner has an answer; its reply counts if the push is not the queue's by then."""
    mine = equal("owner", owner)
    return Write(key(identity), mine, {"answer": said, "lease": 0.0, "left": left})


def answer_late(identity: str, owner: str, said: str) -> Write:
    """The same, when it is late or fits no passive reply: the queue will say it."""
    mine = equal("owner", owner)
    return Write(key(identity), mine, {"answer": said, "lease": 0.0, "answering_arrival": QUEUE})


def replay(identity: str, arrival: float) -> Write:
    """A later delivery says what an earlier one said, and from now on it is the one that counts."""
    answered = above("answer", NO_ANSWER)
    not_the_queues = above("answering_arrival", QUEUE)
    not_after_me = at_most("answering_arrival", arrival)
    return Write(
        key(identity),
        all_of(answered, not_the_queues, not_after_me),
        {"answering_arrival": arrival},
    )


def hand(identity: str) -> Write:
    """A push that still runs becomes the queue's, so the reply of its owner no longer counts."""
    unanswered = equal("answer", NO_ANSWER)
    not_the_queues = above("answering_arrival", QUEUE)
    return Write(key(identity), all_of(unanswered, not_the_queues), {"answering_arrival": QUEUE})


def wait(identity: str) -> Write:
    """A redelivery waits for the answer in silence; only the first one does."""
    unanswered = equal("answer", NO_ANSWER)
    nobody_waited = equal("waited", value=False)
    return Write(key(identity), all_of(unanswered, nobody_waited), {"waited": True})


def take(
    identity: str,
    owner: str,
    lease: float,
    sender: str,
    arrival: float,
    now: float,
    in_doubt: int,
) -> Write:
    """A worker makes a known push its own, and knows the part that its last owner died sending.

    Not while somebody else may still work on it, except the `sender` of the job, which did so as
    its last act; and not when a delivery after the job's has answered.
    """
    undelivered = equal("delivered", value=False)
    owner_is_gone = at_most("lease", now)
    owner_sent_the_job = equal("owner", sender)
    unanswered = equal("answer", NO_ANSWER)
    the_queues = equal("answering_arrival", QUEUE)
    not_answered_after_the_job = at_most("answering_arrival", arrival)
    return Write(
        key(identity),
        all_of(
            undelivered,
            any_of(owner_is_gone, owner_sent_the_job),
            any_of(unanswered, the_queues, not_answered_after_the_job),
        ),
        {"owner": owner, "lease": lease, "answering_arrival": QUEUE, **_doubt(in_doubt)},
    )


def keep(identity: str, owner: str, said: str) -> Write:
    """A worker has an answer, whole, before the first part of it leaves; its lease goes on."""
    return Write(key(identity), equal("owner", owner), {"answer": said})


def sent(identity: str, owner: str, parts: int, *, last: bool) -> Write:
    """A part has left; after the last one the push is delivered.

    A write that the network kept back, and that was repeated meanwhile, changes nothing more.
    """
    mine = equal("owner", owner)
    none_after_it = at_most("sent", parts)
    return Write(key(identity), all_of(mine, none_after_it), {"sent": parts, "delivered": last})


def give_back(identity: str, owner: str, in_doubt: int) -> Write:
    """A worker failed; the part `in_doubt` may have left."""
    mine = equal("owner", owner)
    return Write(key(identity), mine, {"lease": 0.0, **_doubt(in_doubt)})


def apologize(identity: str) -> Write:
    """The user is told that no answer comes: once, and not after a part of one has left."""
    not_told = absent("told")
    none_left = equal("sent", 0)
    return Write(key(identity), all_of(not_told, none_left), {"told": True})


def part_died_with(record: Record) -> int:
    """The part that the last owner may have sent before it died, 0 if it did not die sending.

    Its lease has ended, and it gave nothing back.
    """
    died_sending = record.answer != NO_ANSWER and record.lease > 0
    return record.sent + 1 if died_sending else 0


def _doubt(part: int) -> Item:
    """A doubt is never withdrawn: once its part is counted as sent, it means nothing."""
    return {"in_doubt": part} if part else {}
