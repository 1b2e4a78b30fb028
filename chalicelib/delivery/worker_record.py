"""The writes of workers on the record of a push; `record.py` has those of doors.

take ──> say, beat … ──> put        the owner's
     ──> give back                  it failed, and the job comes again
     ──> bury, apologize            its job is dead
"""

from ..conditions import Item, above, absent, all_of, any_of, at_most, equal
from ..ports import Write
from .record import NO_ANSWER, NOTHING_SAID, QUEUE, Record, key


def take(
    identity: str,
    owner: str,
    lease: float,
    sender: str,
    arrival: float,
    now: float,
    in_doubt: int,
) -> Write:
    """Makes a worker the owner of a known push; `in_doubt` is the part its last owner died sending.

    Fails while another owner may still work on it, unless that is the `sender` of the job, whose
    last act was to send it. Fails, too, when a delivery after the job's has answered.
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
        {
            "owner": owner,
            "lease": lease,
            "answering_arrival": QUEUE,
            "dead": "",
            **_doubt(in_doubt),
        },
    )


def put(identity: str, owner: str) -> Write:
    """Says that the answer is in the user's line; goes in one transaction with that.

    It ends a stream, too, all of which is in the line by then, and what its user cancelled.
    """
    mine = equal("owner", owner)
    undelivered = equal("delivered", value=False)
    return Write(key(identity), all_of(mine, undelivered), {"delivered": True, "lease": 0.0})


def say(identity: str, owner: str, before: str, said: str, *, ends: bool) -> Write:
    """Says which replies of a stream are in the user's line; goes in one transaction with that.

    If the stream `ends` with them, the push is delivered.
    """
    mine = equal("owner", owner)
    undelivered = equal("delivered", value=False)
    nobody_said_more = equal("said", before)
    if before == NOTHING_SAID:
        nobody_said_more = any_of(absent("said"), nobody_said_more)
    end = {"delivered": True, "lease": 0.0} if ends else {}
    return Write(key(identity), all_of(mine, undelivered, nobody_said_more), {"said": said, **end})


def beat(identity: str, owner: str, lease: float) -> Write:
    """Lets a long job's worker own the push for longer; fails when it gave the push back."""
    mine = equal("owner", owner)
    held = above("lease", 0.0)
    return Write(key(identity), all_of(mine, held), {"lease": lease})


def give_back(identity: str, owner: str) -> Write:
    """Ends the lease of a worker that failed."""
    return Write(key(identity), equal("owner", owner), {"lease": 0.0})


def bury(identity: str, owner: str, sender: str, now: float) -> Write:
    """Marks the push whose job died, so that its other jobs end at once; `sender` made the job.

    The answer may be in the user's line already: then it is the job's death that is known.
    """
    mine = equal("owner", owner)
    owner_is_gone = at_most("lease", now)
    no_other_died = any_of(absent("dead"), equal("dead", ""), equal("dead", sender))
    return Write(
        key(identity),
        all_of(any_of(mine, owner_is_gone), no_other_died),
        {"dead": sender},
    )


def apologize(identity: str, owner: str, sender: str, now: float) -> Write:
    """Buries the push and marks its apology, which goes into the line: once, and for no answer."""
    burial = bury(identity, owner, sender, now)
    not_told = absent("told")
    unanswered = all_of(equal("answer", NO_ANSWER), equal("delivered", value=False))
    return Write(
        burial.key,
        all_of(not_told, unanswered, burial.condition),
        {**burial.sets, "told": True},
    )


def part_died_with(record: Record) -> int:
    """The part that a worker of release 1.0.0 died sending; 0 if it did not.

    Its lease has ended, and it gave nothing back. A later worker never has both an answer and a
    lease.
    """
    died_sending = record.answer != NO_ANSWER and record.lease > 0
    return record.sent + 1 if died_sending else 0


def _doubt(part: int) -> Item:
    """A doubt is never removed; it means nothing once its part is counted as sent."""
    return {"in_doubt": part} if part else {}
