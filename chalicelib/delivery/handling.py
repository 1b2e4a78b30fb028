"""Gets the answer of a job: one that a door kept, or what the handler says now."""

from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from functools import partial

from .. import log
from ..ports import Table, Unavailable
from ..router.context import Said, length
from ..router.continuing import asks_first
from ..router.route import Route
from ..router.session import Session
from ..wechat.errors import ApiError, Final, NotNow, TokenRefused
from ..wechat.gathering import Gathering
from ..wechat.messages import Push
from ..wechat.replies import Reply
from ..wechat.reply_json import UnknownKind, from_json
from .attempt import TRIES, Attempt
from .drain import Busy, Drain, Drained
from .jobs import Job
from .line import Cancelled, Line
from .outgoing import OutgoingMessages
from .parts import room_beside
from .putting import Putting
from .runner import HandlerRunner, Run
from .streaming import WAITS, Send, Streaming
from .taking import Taken
from .watch import Lost, Overran, T

ROOM = 8.0
"""Seconds of a process that no handler gets: enough to put and send an apology."""


class HandlerRefused(ApiError):
    """WeChat refused a call of the handler's own; if it is `final`, no other try can help."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(error.errcode, str(error))
        self.final = isinstance(error, Final | NotNow)


class Unreachable(Exception):
    """Nothing goes to the user of a stream any more, so it need not go on."""


class Killed(Exception):
    """The last try ended without a report: it took too long, or too much memory."""


class Handling:
    """Runs the handlers of jobs. Accounts without the customer service API have no `drain`."""

    def __init__(
        self,
        runner: HandlerRunner,
        table: Table,
        putting: Putting,
        drain: Drain | None,
        clock: Callable[[], float],
    ) -> None:
        self._runner = runner
        self._table = table
        self._putting = putting
        self._drain = drain
        self._clock = clock

    def known(
        self, job: Job, route: Route | None, taken: Taken, attempt: Attempt
    ) -> tuple[Reply, ...] | None:
        """The answer if no handler needs to run for it.

        Raises Killed at the last look, which runs no handler that ran before.
        """
        if taken.record.answer:
            return from_json(taken.record.answer)
        if route is None or job.push is None:
            return from_json(job.said)
        if attempt.tries > TRIES and taken.known:
            raise Killed
        if asks_first(route) and Line.look(self._table, job.openid, self._clock()).parts:
            return ()
        return None

    def run(
        self, job: Job, push: Push, route: Route, attempt: Attempt
    ) -> tuple[tuple[Reply, ...], Session | None]:
        """What the handler says, and the session that it changed."""
        self._begin(job, route, attempt)
        session = None if route.idempotent else Session(self._table, job.openid, self._clock)
        run = _run(job, route, push, attempt)
        return _own(attempt, partial(self._runner.run, route, push, run, session)), session

    def stream(
        self, job: Job, push: Push, route: Route, attempt: Attempt, said: Said, drained: Drained
    ) -> tuple[Said, Drained]:
        """Says what the handler yields while it goes on, after what earlier runs have `said`.

        Returns all that is said now, and what became of the line.
        """
        self._begin(job, route, attempt)
        session = Session(self._table, job.openid, self._clock)
        run = _run(job, route, push, attempt)._replace(said=said)
        pieces, outgoing = self._runner.stream(route, push, run, session)

        def put(known: Line | None, before: Said, said: Said, *, ends: bool) -> Line | None:
            if ends:
                attempt.watch.kept = None
            line, changed = known or Line(job.openid), session if ends else None
            return self._putting.reply(
                job, attempt.me, before, said, line, ends=ends, session=changed
            )

        send = self._sending(job, attempt)
        streaming = Streaming(
            self._clock,
            put,
            send,
            Gathering(room_beside(route.ai)),
            route.text,
            job.messages,
            job.arrival + WAITS[0],
            said,
            drained,
        )
        try:
            self._say_all(pieces, outgoing, streaming, attempt)
            if streaming.finish():
                return streaming.said, streaming.drained
            attempt.watch.kept = None
            self._putting.end(job, attempt.me, session)
        except Cancelled as end:
            end.session = session
            raise
        if send is None:
            return streaming.said, streaming.drained
        return streaming.said, streaming.drained.and_then(send(None, more=False, ends=True))

    def _say_all(
        self,
        pieces: Generator[Reply | str, None, None],
        outgoing: OutgoingMessages,
        streaming: Streaming,
        attempt: Attempt,
    ) -> None:
        yielded = streaming.said.length
        try:
            while (piece := self._next(pieces, attempt, streaming)) is not None:
                yielded += length(piece)
                outgoing.go_on_from(yielded)
                streaming.say(piece)
        finally:
            with suppress(Exception):  # it is over, however it ends
                attempt.watch.run_last(pieces.close)

    @staticmethod
    def _next(
        pieces: Iterator[Reply | str], attempt: Attempt, streaming: Streaming
    ) -> Reply | str | None:
        """What the handler yields next. What it said before it failed is said all the same."""
        try:
            piece: Reply | str | None = _own(attempt, partial(next, pieces, None))
        except (Cancelled, Lost):
            raise
        except Exception as error:
            final = isinstance(error, Overran) or attempt.tries >= TRIES
            with suppress(Exception):  # it fails for its own reason
                streaming.say_gathered(whole=final)
            raise
        if attempt.watch.cancelled:
            raise Cancelled
        return piece

    def _begin(self, job: Job, route: Route, attempt: Attempt) -> None:
        """Begins what goes on beside the handler."""
        watch = attempt.watch
        if self._drain:
            watch.typing(partial(self._drain.typing, job.openid))
        if route.cancellable:
            watch.look(self._table, job.openid, job.arrival)
        seconds = attempt.ends - ROOM - self._clock()
        advice = "let it end earlier" if route.long else "write long=True"
        if route.seconds is not None and route.seconds < seconds:
            seconds, advice = route.seconds, f"write more than seconds={route.seconds:g}"
        watch.limit(seconds, Overran(f"it took more than {seconds:.0f} seconds; {advice}"))

    def _sending(self, job: Job, attempt: Attempt) -> Send | None:
        """Sends what a stream has put, and shows that more is coming."""
        drain = self._drain
        if drain is None:
            return None

        def send(line: Line | None, *, more: bool | None, ends: bool) -> Drained:
            turn = attempt.turn(job, last=attempt.tries >= TRIES, more=more)
            try:
                drained = drain.drain(turn, line)
            except (ApiError, Busy, Unavailable, UnknownKind) as error:
                if ends:
                    raise
                log.write("a part of a stream is sent with the next one", problem=str(error))
                return Drained()
            if drained.gone and not ends:
                raise Unreachable
            if drained.sent and not ends:
                attempt.watch.typing(partial(drain.typing, job.openid))
            return drained

        return send


def _run(job: Job, route: Route, push: Push, attempt: Attempt) -> Run:
    groups, watch = route.match(push), attempt.watch
    return Run(job.identity, groups, job.arrival, cancelled=lambda: watch.cancelled)


def _own(attempt: Attempt, action: Callable[[], T]) -> T:
    """Does what the handler does; an error of WeChat's API is the handler's own."""
    try:
        return attempt.watch.run(action)
    except TokenRefused:
        raise
    except ApiError as error:
        raise HandlerRefused(error) from error
