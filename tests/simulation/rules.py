"""The rules of a push's life, each with the lines of the code that keep it, and those broken.

A rule that can be broken without any seed failing is not watched by the checks, or is no rule.
"""

from chalicelib.delivery import record
from chalicelib.delivery.outbox import Box
from chalicelib.delivery.recorded import RecordedPushes

from .breaks import FALSE, LATE, TRUE
from .delivery_rules import DOOR, PASSIVE, SESSION, WORKER
from .mutants import mutant
from .record_rules import WRITES

MUTANTS = (*WRITES, *DOOR, *WORKER, *SESSION, *PASSIVE)

SPARE = (
    # An answer is never taken away, and the door replays only what it has seen answered.
    mutant("replay: answered", record.replay, 'above("answer", NO_ANSWER)', TRUE),
    # It would set to 0 what is 0.
    mutant("hand: not the queue's", record.hand, 'above("answering_arrival", QUEUE)', TRUE),
    # Whoever waits looks before they stay silent.
    mutant("wait: unanswered", record.wait, 'equal("answer", NO_ANSWER)', TRUE),
    # 0 is no later than any arrival.
    mutant("take: the queue's", record.take, 'equal("answering_arrival", QUEUE)', FALSE),
    # A part that is said to have left has left, whoever says it.
    mutant("sent: mine", record.sent, 'equal("owner", owner)', TRUE, weather=LATE),
    # Only workers find an empty outbox, and a user has one at a time.
    mutant("outbox: still nothing there", Box.kept, 'absent("version")', TRUE),
    # Each of these two does for the other: whoever is late finds that the push was handed over, or
    # that it is the queue's anyhow.
    mutant(
        "a late answer is the queue's",
        RecordedPushes._run_and_record,
        "self._is_late(routed, patience) or",
        "",
    ),
    mutant(
        "hand: before the job",
        RecordedPushes._take_over,
        "self._table.write(record.hand(routed.identity))",
        "pass",
    ),
)
"""What can be broken without harm, and why: it is there to be read, or to spare a step."""
