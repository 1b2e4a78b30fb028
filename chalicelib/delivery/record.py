"""The record of a push, and the writes that move it.

    nothing --claim--> running --answer--> answered <-+ replay     arrival > 0: the connection's
       |                  | hand, late        | take  |
       +------take-----> queued <-------------+-------+            arrival = 0: the queue's
                          | put
                          v
                       delivered: all of the answer is in the user's line, or was

`answering_arrival` is the arrival of the delivery that may answer. Once the push is the queue's, it
is 0 and stays 0. WeChat delivers again only after it has thrown away the previous answer. So a
later delivery may repeat an earlier answer, and no delivery answers once the queue will.

An owner works on a push until its `lease` ends. A lease outlives its owner's process, so an ended
lease means a dead owner.

On accounts without the customer service API a delivery that cannot answer says what waits in the
line: it has `fetched` that, and later deliveries of the push say it again.

DynamoDB deletes a record some time after it `expires`. Until then an expired record counts as gone.
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
"""The `answering_arrival` of a push that the queue will answer."""
FORMAT = 1
NO_ANSWER = ""
NOTHING_SAID = "[]"
NOTHING_FETCHED = -1
"""The value of `left` when the answer holds nothing from the line."""


@dataclass(frozen=True, slots=True)
class Record:
    """A push in the table; times in epoch seconds, `answer` and `fetched` as `reply_json` has them.

    `route` is there if the user's state chose it. `limited` says that the user had used up the
    limit of its route. `said` has the replies of a stream that are in the line, or were. `dead` is
    the sender of the job that died. `sent` and `in_doubt` are parts of an answer that a worker of
    release 1.0.0 counted.
    """

    owner: str
    lease: float
    route: str
    answering_arrival: float
    answer: str
    sent: int
    delivered: bool
    in_doubt: int
    waited: bool
    left: int
    fetched: str | None
    fetched_arrival: float
    dead: str
    limited: bool
    said: str

    @classmethod
    def read(cls, item: Item | None) -> "Record":
        """Reads the record from an item. Raises Unavailable when the item has vanished."""
        if not item:
            raise Unavailable("the record vanished")
        formats.check(item, FORMAT)
        return cls(
            owner=str(item["owner"]),
            lease=float(item["lease"]),
            route=str(item.get("route", "")),
            answering_arrival=float(item["answering_arrival"]),
            answer=str(item["answer"]),
            sent=int(item["sent"]),
            delivered=bool(item["delivered"]),
            in_doubt=int(item["in_doubt"]),
            waited=bool(item["waited"]),
            left=int(item["left"]),
            fetched=item.get("fetched"),
            fetched_arrival=float(item.get("fetched_arrival", 0)),
            dead=str(item.get("dead", "")),
            limited=bool(item.get("limited", False)),
            said=str(item.get("said", NOTHING_SAID)),
        )


def key(identity: str) -> str:
    return f"push#{identity}"


def claim(
    identity: str, owner: str, lease: float, arrival: float, now: float, route: str = ""
) -> Write:
    """Makes the owner of an unknown push; `arrival` is the door's delivery, or QUEUE.

    A `route` that the user's state has chosen is kept, because the state may be another one soon.
    """
    unknown = absent("owner")
    forgotten = at_most("expires", now)
    return Write(
        key(identity),
        any_of(unknown, forgotten),
        {
            "owner": owner,
            "lease": lease,
            "route": route,
            "answering_arrival": arrival,
            "answer": NO_ANSWER,
            "sent": 0,
            "delivered": False,
            "in_doubt": 0,
            "waited": False,
            "limited": False,
            "left": NOTHING_FETCHED,
            "expires": now + KEPT,
            "format": FORMAT,
        },
        removes=("fetched", "fetched_arrival", "told", "dead", "said"),
    )


def answer(identity: str, owner: str, said: str, left: int) -> Write:
    """Stores the door's answer; the door may reply unless the push is the queue's by then.

    Fails when another delivery has fetched what waits: a push has one reply for its connection.
    """
    mine = equal("owner", owner)
    nothing_fetched = absent("fetched")
    return Write(
        key(identity),
        all_of(mine, nothing_fetched),
        {"answer": said, "lease": 0.0, "left": left},
    )


def answer_late(identity: str, owner: str, said: str) -> Write:
    """Stores an answer that is late or fits no passive reply; the queue will deliver it."""
    mine = equal("owner", owner)
    undelivered = equal("delivered", value=False)
    return Write(
        key(identity),
        all_of(mine, undelivered),
        {"answer": said, "lease": 0.0, "left": NOTHING_FETCHED, "answering_arrival": QUEUE},
    )


def replay(identity: str, arrival: float) -> Write:
    """Lets a later delivery repeat the answer; from now on its reply is the one that counts."""
    answered = above("answer", NO_ANSWER)
    not_the_queues = above("answering_arrival", QUEUE)
    not_after_me = at_most("answering_arrival", arrival)
    return Write(
        key(identity),
        all_of(answered, not_the_queues, not_after_me),
        {"answering_arrival": arrival},
    )


def hand(identity: str) -> Write:
    """Gives a push that still runs to the queue; the reply of whoever runs it no longer counts."""
    unanswered = equal("answer", NO_ANSWER)
    not_the_queues = above("answering_arrival", QUEUE)
    return Write(key(identity), all_of(unanswered, not_the_queues), {"answering_arrival": QUEUE})


def wait(identity: str) -> Write:
    """Lets the first redelivery wait for the answer in silence, and no other."""
    unanswered = equal("answer", NO_ANSWER)
    nobody_waited = equal("waited", value=False)
    return Write(key(identity), all_of(unanswered, nobody_waited), {"waited": True})


def fetch(identity: str, said: str, arrival: float) -> Write:
    """Gives what waits in the line to this push's connection, in one transaction with the line.

    Not while an answer may still be said, nor while one that the queue has holds fetched parts.
    """
    nothing_fetched = absent("fetched")
    unanswered = equal("answer", NO_ANSWER)
    the_queues = equal("answering_arrival", QUEUE)
    holds_no_fetched_parts = equal("left", NOTHING_FETCHED)
    delivered = equal("delivered", value=True)
    return Write(
        key(identity),
        all_of(
            nothing_fetched,
            any_of(unanswered, all_of(the_queues, holds_no_fetched_parts), delivered),
        ),
        {"fetched": said, "fetched_arrival": arrival},
    )


def fetch_again(identity: str, arrival: float) -> Write:
    """Lets a later delivery say again what was fetched."""
    return Write(key(identity), at_most("fetched_arrival", arrival), {"fetched_arrival": arrival})
