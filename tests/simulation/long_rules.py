"""The rules of streams, of long jobs, and of what users cancel."""

from chalicelib.delivery import drain, line, worker_record
from chalicelib.delivery.attempt import Attempt
from chalicelib.delivery.failing import is_last
from chalicelib.delivery.handling import Handling
from chalicelib.delivery.jobs import Job
from chalicelib.delivery.line import Line
from chalicelib.delivery.message import next_message
from chalicelib.delivery.putting import Putting
from chalicelib.delivery.watch import Watch
from chalicelib.delivery.worker import Worker

from .breaks import DYING, TWICE
from .mutants import Edit, mutant

_STREAMS = ("kind:stream", "kind:saga")
_CANCELS = ("kind:stop", "kind:saga", "kind:study")
_DYING = (*DYING, *_STREAMS)

LONG = (
    # --- Streams ------------------------------------------------------------------------------
    mutant(
        "stream: it goes on from what is said",
        Handling.stream,
        "._replace(said=said)",
        "",
        weather=_DYING,
    ),
    mutant(
        "stream: a part is on record",
        worker_record.say,
        '{"said": said, **end}',
        "end or {'said': before}",
        weather=_DYING,
    ),
    mutant(
        "stream: said as I know it",
        worker_record.say,
        "all_of(mine, undelivered, nobody_said_more)",
        "all_of(mine, undelivered)",
        Edit(
            Putting._put,
            "if _is_done(push, refused.found):",
            "if False:",
        ),
        weather=("table:UNCONFIRMED", *_STREAMS),
    ),
    mutant(
        "stream: it is delivered at its end",
        worker_record.say,
        "if ends else {}",
        "if False else {}",
        weather=(*TWICE, *_DYING),
    ),
    mutant(
        "stream: one that ends with nothing more to say is delivered",
        Handling.stream,
        "self._putting.end(job, attempt.me, session)",
        "pass",
        weather=(*TWICE, "kind:stream"),
    ),
    mutant(
        "stream: its session is written with its end",
        Handling.stream,
        "session if ends else None",
        "None",
        weather=_STREAMS,
    ),
    mutant(
        "stream: its messages are numbered from where it goes on",
        Handling._say_all,
        "outgoing.go_on_from(yielded)",
        "pass",
        weather=_DYING,
    ),
    mutant(
        "stream: what cannot be sent goes with the next part",
        Handling._sending,
        "if ends:\n",
        "if True:\n",
        weather=("api:REFUSED", *_STREAMS),
    ),
    mutant(
        "stream: it ends when its user is gone",
        Handling._sending,
        "if drained.gone and not ends:",
        "if False:",
        weather=("api gone:REFUSED", *_STREAMS),
    ),
    mutant(
        "stream: the last message waits until more is known",
        drain._keeps_back,
        "turn.more is None and",
        "False and",
        weather=_STREAMS,
    ),
    mutant(
        "stream: it says once that more is to come",
        next_message,
        "more and messages - line.used == 1",
        "False",
        weather=_STREAMS,
    ),
    mutant(
        "the last message says that an answer to a later push is to come",
        drain.Drain._expects_more,
        "is_expected(self._table, turn.openid, line.since, self._clock())",
        "False",
        weather=_STREAMS,
    ),
    mutant(
        "what a redelivery brings was asked before",
        vars(Job)["asked"].fget,
        "given_up(created, self.arrival)",
        "0",
        weather=("others:REFUSED", "handlers:SLOW", "kind:list"),
    ),
    # --- Long jobs ----------------------------------------------------------------------------
    mutant("long: it beats", Watch.beat, "self._also(call, BEATS)", "pass", weather=_CANCELS),
    mutant(
        "long: a beat keeps the push",
        worker_record.beat,
        '{"lease": lease}',
        "{}",
        weather=(*TWICE, "kind:saga", "kind:study"),
    ),
    mutant(
        "long: a killed one comes again soon",
        Worker._attempt,
        "watch.hold(message, attempt.lease(started) + 1, at_once=attempt.long)",
        "pass",
        weather=("handler:KILLED_BEFORE", "kind:saga", "kind:study"),
    ),
    mutant(
        "long: a push is ours from now on",
        Attempt.lease,
        "min(lease, now + BEATEN + LEASE) if self.long else lease",
        "lease",
        weather=("handler:KILLED_BEFORE", "kind:saga", "kind:study"),
    ),
    mutant(
        "what overran is not run again",
        is_last,
        "Overran | TooLong",
        "TooLong",
        weather=("handlers:STALLED",),
    ),
    mutant(
        "a handler is ended before Lambda would end it",
        Handling._begin,
        "watch.limit(",
        "(lambda *_: None)(",
        weather=("handlers:STALLED",),
    ),
    # --- What users cancel --------------------------------------------------------------------
    mutant(
        "cancel: no part of a stream is put after it",
        Putting.reply,
        "_raise_cancelled(line, job)",
        "pass",
        weather=_CANCELS,
    ),
    mutant(
        "cancel: nor a long answer",
        Putting.answer,
        "if cancellable:",
        "if False:",
        weather=_CANCELS,
    ),
    mutant(
        "cancel: whoever has not read the line finds it",
        Line._unchanged,
        "not_cancelled_later, none",
        "none",
        weather=_CANCELS,
    ),
    mutant(
        "cancel: whoever has read it finds it changed",
        line.cancel,
        '"version": secrets.token_hex(8), ',
        "",
        weather=_CANCELS,
    ),
    mutant(
        "cancel: a handler that runs is ended",
        Watch.look,
        "self.cancelled = is_cancelled(table, openid, arrival)",
        "pass",
        weather=_CANCELS,
    ),
    mutant(
        "cancel: one that ran before does not run again",
        Worker._answered,
        "if cancellable and has_waited and",
        "if False and",
        weather=("handler:KILLED_BEFORE", *_CANCELS),
    ),
    mutant(
        "cancel: what is cancelled is over",
        Worker._ended,
        "self._putting.cancel(job, attempt.me, end.session)",
        "pass",
        weather=(*TWICE, *_CANCELS),
    ),
)
