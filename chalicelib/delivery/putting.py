"""Puts answers into lines, each in one transaction with the record of its push.

Only so is an answer stored: all of it is in the line, or none. A worker that may send holds the
line with the same write, unless somebody else holds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from ..conditions import Item
from ..ports import ConditionFailed, Table, Unavailable, Write
from ..router.context import Said
from ..router.session import Session
from ..wechat.replies import Reply, Text
from ..wechat.reply_json import to_json
from ..wechat.texts import trimmed
from . import record, worker_record
from .jobs import Job
from .line import WRITE_TRIES, Cancelled, Line
from .message import next_message
from .parts import APOLOGY, Counts, Part, identity_of, parts_of
from .record import Record


class Putting:
    """Puts answers into lines for a worker; `sends` says whether it may hold them."""

    def __init__(self, table: Table, clock: Callable[[], float], *, sends: bool) -> None:
        self._table = table
        self._clock = clock
        self._sends = sends

    def answer(
        self,
        job: Job,
        me: str,
        taken: Record,
        said: tuple[Reply, ...],
        session: Session | None,
        *,
        cancellable: bool,
    ) -> Line | None:
        """Puts the answer; returns the line as we leave it, None if it was not needed.

        Raises ConditionFailed when the push is not ours any more, Cancelled, TooLong, or
        Unavailable.
        """
        at_head = taken.left != record.NOTHING_FETCHED
        # Parts of this answer that no reply held are in the line already, with names of their own.
        name = f"{job.identity}.fetched" if at_head else job.identity
        counts = Counts()
        own = parts_of(name, said, self._clock(), counts)[taken.sent :]

        def longer(line: Line) -> Line:
            if cancellable:
                _raise_cancelled(line, job)
            line = line.put(own, counts, at_head=at_head)
            line = replace(line, doubt=(*line.doubt, *_in_doubt(own, taken)))
            return self._held(line.asked_by(job.asked), job, me)

        delivered = worker_record.put(job.identity, me)
        return self._put(delivered, Line(job.openid), longer if own else None, session)

    def reply(
        self,
        job: Job,
        me: str,
        before: Said,
        said: Said,
        known: Line,
        *,
        ends: bool,
        session: Session | None = None,
    ) -> Line | None:
        """Puts the last reply that a stream has `said`; the record has those `before`.

        The line was `known` like this. If the stream `ends`, its session is written, too. Raises
        the same as `answer`.
        """
        name, last = f"{job.identity}.{len(said)}", said[-1]
        counts = Counts()
        own = parts_of(name, (_as_shown(last),), self._clock(), counts)

        def longer(line: Line) -> Line:
            _raise_cancelled(line, job)
            return self._held(line.put(own, counts).asked_by(job.asked), job, me)

        say = worker_record.say(job.identity, me, to_json(before), to_json(said), ends=ends)
        return self._put(say, known, longer, session)

    def end(self, job: Job, me: str, session: Session | None) -> None:
        """Ends a stream of which nothing is left to put. Raises as `answer` does."""
        self._put(worker_record.put(job.identity, me), Line(job.openid), None, session)

    def cancel(self, job: Job, me: str, session: Session | None) -> None:
        """Ends what its user cancelled, and takes what waits of it out of the line."""
        known = Line.look(self._table, job.openid, self._clock())

        def shorter(line: Line) -> Line:
            sending = line.sending if line.held_by_other(me, self._clock()) else ()
            own = (part.name for part in line.parts if identity_of(part.name) == job.identity)
            return line.without(tuple(name for name in own if name not in sending))

        end = worker_record.put(job.identity, me)
        self._put(end, known, shorter if known.parts else None, session)

    def apology(self, job: Job, me: str, apology: Reply, *, cancellable: bool) -> Line | None:
        """Puts the apology for a job that dies, and buries its push; see `answer`.

        Raises ConditionFailed when the user was told already, or has an answer.
        """
        counts = Counts()
        own = parts_of(job.identity, (apology,), self._clock(), counts, first=APOLOGY)
        told = worker_record.apologize(job.identity, me, job.sender, self._clock())

        def longer(line: Line) -> Line:
            if cancellable:
                _raise_cancelled(line, job)
            return self._held(line.put(own, counts).asked_by(job.asked), job, me)

        return self._put(told, Line(job.openid), longer, None)

    def _put(
        self,
        push: Write,
        line: Line,
        longer: Callable[[Line], Line] | None,
        session: Session | None,
    ) -> Line | None:
        """Writes push, line and session in one transaction; others may be quicker a few times."""
        unconfirmed = False
        for _ in range(WRITE_TRIES):
            now = self._clock()
            change = None if longer is None else line.writes(longer(line), now, asks_outbox=True)
            changes = () if session is None else session.writes()
            try:
                self._table.write(push, *(change.writes if change else ()), *changes)
            except ConditionFailed as refused:
                if _is_done(push, refused.found):
                    return None
                if push.key in refused.found:
                    raise
                if session is not None and session.key in refused.found:
                    session.rebase(refused.found[session.key], mine_wins=True)
                line = line.as_found(refused.found, now)
            except Unavailable:
                if unconfirmed:
                    raise
                unconfirmed = True
            else:
                return change.line if change else None
        raise Unavailable("others changed the line each time")

    def _held(self, line: Line, job: Job, me: str) -> Line:
        now = self._clock()
        if not self._sends or not line.parts or line.held_by_other(me, now):
            return line
        return line.held(me, now, next_message(line, job.messages).names)


def _is_done(push: Write, found: Mapping[str, Item | None]) -> bool:
    """Whether an unconfirmed write was done after all, or another process did the same."""
    item = found.get(push.key)
    return item is not None and all(item.get(name) == value for name, value in push.sets.items())


def _raise_cancelled(line: Line, job: Job) -> None:
    if line.cancelled > job.arrival:
        raise Cancelled


def _as_shown(reply: Reply) -> Reply:
    """Without the white space at which a stream was cut."""
    return replace(reply, content=trimmed(reply.content)) if isinstance(reply, Text) else reply


def _in_doubt(own: tuple[Part, ...], taken: Record) -> tuple[str, ...]:
    """The part that a worker of release 1.0.0 may have sent."""
    part = taken.in_doubt - taken.sent - 1
    return (own[part].name,) if 0 <= part < len(own) else ()
