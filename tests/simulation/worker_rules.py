"""The rules of a worker: how it takes a push, runs it, and fails."""

from chalicelib.delivery.failing import Failing
from chalicelib.delivery.handling import Handling
from chalicelib.delivery.putting import Putting
from chalicelib.delivery.taking import Taking
from chalicelib.delivery.watch import Watch
from chalicelib.delivery.worker import Worker

from .breaks import DYING
from .mutants import mutant
from .ports import NetworkedTable
from .workers import Starting

WORKER = (
    mutant(
        "a live lease is waited for in place",
        Taking.take,
        "elif now + LOOK > attempt.ends - record.LEASE:",
        "elif True:",
    ),
    mutant(
        "no job is given out while its process may live",
        Watch.hold,
        "message.hold(until - self._clock())",
        "pass",
        weather=("handlers:STALLED", "workers:SLOW", "kind:slow"),
    ),
    mutant(
        "reads are consistent",
        NetworkedTable._looked,
        "self._table.get(key)",
        "self._story.stale(key, self._table.get(key))",
    ),
    mutant(
        "a lease outlives its process",
        Starting.limited,
        " + LEASE",
        "",
        weather=("handlers:STALLED", "kind:slow", "kind:fast", "job twice:SLOW"),
    ),
    mutant(
        "what is answered is not run again",
        Handling.known,
        "if taken.record.answer:",
        "if False:",
    ),
    mutant(
        "a failure gives the push back",
        Worker._done,
        "self._taking.give_back(",
        "(lambda *_: None)(",
    ),
    mutant(
        "1.0.0: sent parts are not put",
        Putting.answer,
        "[taken.sent :]",
        "",
    ),
    mutant(
        "1.0.0: a doubt goes into the line",
        Putting.answer,
        "*_in_doubt(own, taken)",
        "",
    ),
    mutant(
        "1.0.0: who died sending leaves a doubt",
        Taking.take,
        "worker_record.part_died_with(known)",
        "0",
    ),
    mutant(
        "the last try apologizes",
        Failing.dies,
        "if job:\n        self._bury",
        "if False:\n        self._bury",
    ),
    mutant(
        "a failure raises, until the job is dead",
        Worker._failed,
        'JobOutcome("failed", done=False)',
        'JobOutcome("failed", done=True)',
    ),
    mutant(
        "the next try comes soon",
        Failing.comes_again,
        "attempt.message.hold(pauses[attempt.tries - 1])",
        "pass",
    ),
    mutant(
        "a dead job leaves its queue at once",
        Failing.goes_aside,
        "message.hold(0)",
        "pass",
    ),
    mutant(
        "a delivered push still drains",
        Worker._done,
        "self._drained(job, attempt), ",
        "Drained(), ",
        weather=(*DYING, "kind:series", "kind:list"),
    ),
    mutant(
        "the last look runs no handler that ran",
        Handling.known,
        "if attempt.tries > TRIES and taken.known:",
        "if False:",
        weather=("handler:KILLED_BEFORE", "handler:KILLED_AFTER"),
    ),
    mutant(
        "继续: what waits comes first",
        Handling.known,
        "if asks_first(route) and Line.look(self._table, job.openid, self._clock()).parts:",
        "if False:",
        weather=("past:SLOW", "kind:more"),
    ),
)
