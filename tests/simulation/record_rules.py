"""The rules of the record: what each write asks for, and what it changes."""

from chalicelib.delivery import record, worker_record
from chalicelib.delivery.fetching import Fetching
from chalicelib.delivery.recorded import RecordedPushes
from chalicelib.delivery.taking import Taking

from .breaks import DYING, FAILING, FALSE, LATE, STUCK, TRUE
from .mutants import Edit, mutant

# Rules that stand twice, in the condition of a write and in what is decided before it.
_DOOR_KNOWS_THE_LATEST = Edit(
    RecordedPushes._again,
    "if found.answer and found.answering_arrival > routed.arrival:",
    "if False:",
)
_WORKER_KNOWS_THE_LATEST = Edit(
    Taking.take, " or (known.answer and known.answering_arrival > job.arrival)", ""
)
_WORKER_KNOWS_THE_DONE = Edit(Taking.take, "known.delivered or ", "")

WRITES = (
    mutant("claim: only what nobody knows", record.claim, 'absent("owner")', TRUE),
    mutant("claim: or what has expired", record.claim, 'at_most("expires", now)', FALSE),
    mutant(
        "claim: the arrival is mine",
        record.claim,
        '"answering_arrival": arrival',
        '"answering_arrival": QUEUE',
    ),
    mutant(
        "answer: mine",
        record.answer,
        'equal("owner", owner)',
        TRUE,
        weather=(*LATE, "kind:session", "api:KILLED_AFTER"),
    ),
    mutant("answer: ends the lease", record.answer, '"lease": 0.0, ', "", weather=FAILING),
    mutant("late answer: the queue's", record.answer_late, ', "answering_arrival": QUEUE', ""),
    mutant(
        "replay: not the queue's",
        record.replay,
        'above("answering_arrival", QUEUE)',
        TRUE,
        weather=(*STUCK, "response:UNCONFIRMED", "table:UNCONFIRMED", "kind:fast"),
    ),
    mutant(
        "replay: not before one that answered",
        record.replay,
        'at_most("answering_arrival", arrival)',
        TRUE,
        _DOOR_KNOWS_THE_LATEST,
        weather=("table:STALLED", "table:UNCONFIRMED", "response:UNCONFIRMED", "kind:fast"),
    ),
    mutant(
        "replay: the arrival is mine",
        record.replay,
        '{"answering_arrival": arrival}',
        "{}",
        weather=(*FAILING, "kind:fast"),
    ),
    mutant("hand: unanswered", record.hand, 'equal("answer", NO_ANSWER)', TRUE, weather=STUCK),
    mutant(
        "hand: what runs too long is the queue's",
        RecordedPushes._take_over,
        "self._table.write(record.hand(routed.identity))",
        "pass",
        Edit(
            RecordedPushes._stored,
            "if self._is_late(routed, self._patience(routed)):",
            "if False:",
        ),
        weather=("response:UNCONFIRMED", "handlers:SLOW", "kind:fast"),
    ),
    mutant("wait: only the first", record.wait, 'equal("waited", value=False)', TRUE),
    mutant("wait: marks", record.wait, '{"waited": True}', "{}"),
    mutant(
        "take: undelivered",
        worker_record.take,
        'equal("delivered", value=False)',
        TRUE,
        _WORKER_KNOWS_THE_DONE,
    ),
    mutant("take: what is delivered is done", Taking.take, "known.delivered or ", ""),
    mutant("take: the lease is honoured", worker_record.take, 'at_most("lease", now)', TRUE),
    mutant(
        "take: not after the lease only",
        worker_record.take,
        'at_most("lease", now)',
        FALSE,
        weather=DYING,
    ),
    mutant("take: from the sender at once", worker_record.take, 'equal("owner", sender)', FALSE),
    mutant(
        "take: unanswered, whoever may answer",
        worker_record.take,
        'equal("answer", NO_ANSWER)',
        FALSE,
        weather=("table:REFUSED", "response:UNCONFIRMED", "handler:KILLED_BEFORE", "kind:fast"),
    ),
    mutant(
        "take: not what was answered after the job",
        worker_record.take,
        'at_most("answering_arrival", arrival)',
        TRUE,
        _WORKER_KNOWS_THE_LATEST,
        weather=FAILING,
    ),
    mutant(
        "take: what was answered after the job is done",
        Taking.take,
        " or (known.answer and known.answering_arrival > job.arrival)",
        "",
        weather=FAILING,
    ),
    mutant(
        "take: what was answered before the job",
        worker_record.take,
        'at_most("answering_arrival", arrival)',
        FALSE,
        weather=FAILING,
    ),
    mutant("take: the owner is me", worker_record.take, '"owner": owner,', ""),
    mutant("take: for as long as I live", worker_record.take, '"lease": lease', '"lease": now'),
    mutant(
        "take: the queue's, for good",
        worker_record.take,
        '"answering_arrival": QUEUE,',
        "",
        weather=("table:UNCONFIRMED", "response:UNCONFIRMED", "table:STALLED", "kind:fast"),
    ),
    mutant("put: delivered", worker_record.put, '"delivered": True, ', ""),
    mutant(
        "fetch: nothing fetched yet",
        record.fetch,
        'absent("fetched")',
        TRUE,
        Edit(Fetching._looked, "if known.fetched is not None:", "if False:"),
        weather=("response:UNCONFIRMED", "past:SLOW", "kind:slow"),
    ),
    mutant(
        "fetch: not over an answer that the connection may say",
        record.fetch,
        "all_of(the_queues, holds_no_fetched_parts)",
        TRUE,
        weather=("table:REFUSED", "response:UNCONFIRMED", "past:SLOW", "kind:fast"),
    ),
    mutant(
        "fetch: not over an answer that holds fetched parts",
        record.fetch,
        'equal("left", NOTHING_FETCHED)',
        TRUE,
        weather=(
            "table:REFUSED",
            "table:UNCONFIRMED",
            "response:UNCONFIRMED",
            "past:SLOW",
            "kind:fast",
        ),
    ),
    mutant(
        "answer: not over something fetched",
        record.answer,
        'absent("fetched")',
        TRUE,
        weather=("table:REFUSED", "response:UNCONFIRMED", "past:SLOW", "handlers:SLOW"),
    ),
    mutant("apologize: once", worker_record.apologize, 'absent("told")', TRUE),
    mutant(
        "apologize: for no answer",
        worker_record.apologize,
        'equal("answer", NO_ANSWER)',
        TRUE,
        weather=("table:REFUSED", "table:HANGING", "kind:list", "kind:long"),
    ),
    mutant(
        "bury: others end at once",
        Taking.take,
        "known.dead != job.sender",
        "False",
        weather=("response:UNCONFIRMED", "kind:fast", "kind:session"),
    ),
    mutant("bury: a dead job is not tried again", Taking.take, "attempt.tries > 1:", "False:"),
    mutant(
        "give back: mine",
        worker_record.give_back,
        'equal("owner", owner)',
        TRUE,
        weather=(*LATE, "kind:series"),
    ),
    mutant(
        "give back: ends the lease", worker_record.give_back, '{"lease": 0.0}', '{"owner": owner}'
    ),
)
