"""The rules of late and other answers, each with the lines of code that keep it, and those broken.

A rule that can be broken without any seed failing is not watched by the checks, or is no rule.
"""

from chalicelib.delivery import record, worker_record
from chalicelib.delivery.drain import Drain
from chalicelib.delivery.fetching import Fetching
from chalicelib.delivery.line import Line
from chalicelib.delivery.putting import Putting
from chalicelib.delivery.recorded import RecordedPushes

from .breaks import FALSE, LATE, TRUE, TWICE
from .delivery_rules import DOOR, SESSION, STATE
from .limit_rules import LIMIT
from .line_rules import LINE
from .long_rules import LONG
from .mutants import mutant
from .passive_rules import PASSIVE
from .record_rules import WRITES
from .worker_rules import WORKER

MUTANTS = (*WRITES, *DOOR, *WORKER, *LINE, *SESSION, *STATE, *PASSIVE, *LIMIT, *LONG)

SPARE = (
    # An answer is never taken away, and the door replays only what it has seen answered.
    mutant("replay: answered", record.replay, 'above("answer", NO_ANSWER)', TRUE),
    # It would set to 0 what is 0.
    mutant("hand: not the queue's", record.hand, 'above("answering_arrival", QUEUE)', TRUE),
    # Whoever waits looks before they stay silent.
    mutant("wait: unanswered", record.wait, 'equal("answer", NO_ANSWER)', TRUE),
    # 0 is no later than any arrival.
    mutant("take: the queue's", worker_record.take, 'equal("answering_arrival", QUEUE)', FALSE),
    # A connection of an earlier delivery is closed, so what it says is never shown.
    mutant(
        "fetch again: not before one that said it",
        record.fetch_again,
        'at_most("fetched_arrival", arrival)',
        TRUE,
    ),
    # Nothing here takes so long between two calls; a process may stand still.
    mutant(
        "hold: long enough to ask WeChat",
        Drain._holds,
        "line.until - self._clock() >= ENOUGH",
        "True",
    ),
    # WeChat delivers again, and the next delivery looks.
    mutant(
        "passive: a fetch is tried again",
        Fetching.fetch,
        "if failures == FETCH_TRIES:",
        "if True:",
    ),
    # The next try finds that the push is delivered.
    mutant(
        "put: one that is done is no error",
        Putting._put,
        "if _is_done(push, refused.found):",
        "if False:",
    ),
    # Whichever answer is stored first counts, and who comes later finds the push delivered. Only a
    # handler that sends its answer in pieces could say something else in between.
    mutant(
        "put: mine",
        worker_record.put,
        'equal("owner", owner)',
        TRUE,
        weather=(*LATE, "api:KILLED_AFTER", "kind:series"),
    ),
    mutant(
        "late answer: mine",
        record.answer_late,
        'equal("owner", owner)',
        TRUE,
        weather=(*LATE, *TWICE, "api:KILLED_AFTER", "kind:list"),
    ),
    # The hint may come late, as it may when several pushes came before the first message went.
    mutant(
        "line: no later push has been asked for where nothing is known",
        Line._unchanged,
        'at_most("since", since)',
        TRUE,
    ),
    # While one sends, nobody else of the same queue takes parts out, or puts any before them.
    mutant(
        "gone: by name",
        Line.without,
        "part for part in self.parts if part.name not in names",
        "part for part in self.parts[len(names) :]",
    ),
    # Each of these two does for the other: whoever is late finds that the push was handed over, or
    # that it is the queue's anyhow.
    mutant(
        "hand: before the job",
        RecordedPushes._take_over,
        "self._table.write(record.hand(routed.identity))",
        "pass",
    ),
    mutant(
        "a late answer is the queue's",
        RecordedPushes._stored,
        "if self._is_late(routed, self._patience(routed)):",
        "if False:",
    ),
    # The last try's looks end it first.
    mutant(
        "cancel: nor an apology",
        Putting.apology,
        "if cancellable:",
        "if False:",
        weather=("table:REFUSED", "kind:stop", "kind:saga", "kind:study"),
    ),
)
"""What can be broken without harm, and why: it is there to be read, or to spare a step."""
