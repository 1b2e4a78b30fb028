"""Answers a recorded push once, however many deliveries and jobs are under way.

    claim ──> run ──> write the answer ──> answer              the first delivery
    known: answered                    ──> the same answer     a redelivery
    known: still runs, or the queue's  ──> a job               a redelivery

An account without the customer service API records every push. There the first redelivery waits
for the answer in silence and the next one hands over, so a handler has about fourteen seconds.
The worker's answer then waits in the line; the user's next push fetches it (`fetching.py`).
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from ..conditions import Item, holds
from ..ports import ConditionFailed, Table, Unavailable, Write
from ..router.context import OutOfPlace
from ..router.route import Route
from ..router.session import Session, SessionConflict
from ..wechat.envelopes import SUCCESS, PushResponse
from ..wechat.replies import Reply
from ..wechat.reply_json import from_json, to_json
from . import record
from .claiming import answering, claimed
from .fetching import Fetching, Unsure, together, told
from .handover import DEADLINE, REFUSED, JobSender, PushOutcome, RoutedPush
from .jobs import WECHAT_WAITS
from .record import Record

PASSIVE_DEADLINE = 14.0
"""Seconds after its first delivery by which a push must be answered when redeliveries wait."""
LOOK = 0.5
"""Seconds between two looks at a push that another process answers."""

Run: TypeAlias = Callable[
    [RoutedPush, Session | None], tuple[tuple[Reply, ...], PushResponse | None]
]
"""What the handler says, and the response that holds it; None if none can."""


class RecordedPushes:
    """What the door does on recorded routes."""

    def __init__(
        self,
        table: Table,
        job_sender: JobSender,
        run: Run,
        named: Callable[[str], Route | None],
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        *,
        passive: bool,
    ) -> None:
        self._table = table
        self._job_sender = job_sender
        self._run = run
        self._named = named
        self._fetching = Fetching(table, clock)
        self._passive = passive
        self._clock = clock
        self._sleep = sleep

    def answer(self, routed: RoutedPush) -> PushOutcome:
        """Answers one delivery, or hands it over."""
        return self._claimed(routed, routed.lease, routed.arrival, self._run_and_record)

    def queue(self, routed: RoutedPush) -> PushOutcome:
        """Records the push, and sends its job."""
        return self._claimed(routed, 0.0, record.QUEUE, self._queued)

    def hand_over(self, routed: RoutedPush, cause: Unavailable) -> PushOutcome:
        """Leaves a push to the queue of which nothing is known without the table."""
        return self._handed_over(routed, cause, redelivered=routed.deliveries_before > 0)

    def _claimed(
        self,
        routed: RoutedPush,
        lease: float,
        arrival: float,
        go_on: Callable[[RoutedPush], PushOutcome],
    ) -> PushOutcome:
        """Claims the push and goes on with it, unless another delivery or a job has it."""
        routed, route = routed.owned(), routed.route.name if routed.by_state else ""
        now = self._clock()
        claim = record.claim(routed.identity, routed.owner, lease, arrival, now, route)
        try:
            found = Record.read(self._claim(claim, routed))
        except Unavailable as error:
            return self.hand_over(routed, error)
        if found.owner != routed.owner:
            routed = self._routed_before(routed, found)
            outcome = self._again(routed, found)
            return outcome._replace(again=True, route=routed.route.name)
        return go_on(routed._replace(route=answering(routed.route, found)))

    def _claim(self, claim: Write, routed: RoutedPush) -> Item | None:
        """Writes the claim, twice if need be: a connection may have died while Lambda was frozen.

        An unconfirmed claim that finds itself as the owner has won.
        """
        try:
            return claimed(self._table, claim, routed.route, routed.openid, routed.arrival)
        except Unavailable:
            return claimed(self._table, claim, routed.route, routed.openid, routed.arrival)

    def _queued(self, routed: RoutedPush) -> PushOutcome:
        return self._with_line(routed, self._job_sender.slow(routed), None, redelivered=False)

    def _run_and_record(self, routed: RoutedPush) -> PushOutcome:
        session = routed.session
        try:
            said, response = self._run(routed, session)
            session.writes()  # raises for what fits no JSON
        except OutOfPlace as error:
            # A slow route may use WeChat's API, which only the worker has.
            return self._handed_over(routed, None if routed.route.slow else error)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes a job
            return self._handed_over(routed, error)
        try:
            return self._stored(routed, said, response, session)
        except (ConditionFailed, SessionConflict, Unavailable) as error:
            return self._handed_over(routed, error)

    def _stored(
        self,
        routed: RoutedPush,
        said: tuple[Reply, ...],
        response: PushResponse | None,
        session: Session,
    ) -> PushOutcome:
        """Stores the answer, for the queue if this connection cannot say it any more."""
        if self._is_late(routed, self._patience(routed)):
            return self._kept_for_queue(routed, said, session)
        if response is None and not self._passive:
            return self._kept_for_queue(routed, said, session)
        try:
            return self._answered(routed, said, response, session)
        except ConditionFailed as refused:
            known = _changed(refused, routed)
            if known.owner != routed.owner or known.fetched is None:
                raise
            return self._kept_for_queue(routed, said, session)

    def _patience(self, routed: RoutedPush) -> float:
        """Seconds after arrival in which WeChat, perhaps by a later delivery, takes an answer."""
        passive = PASSIVE_DEADLINE - routed.deliveries_before * WECHAT_WAITS
        return passive if self._passive else DEADLINE

    def _answered(
        self,
        routed: RoutedPush,
        said: tuple[Reply, ...],
        response: PushResponse | None,
        session: Session,
    ) -> PushOutcome:
        """Stores the answer, and replies unless the push is the queue's by then.

        On an account without customer service, what waits for the user comes before the answer.
        """
        if self._passive:
            fits = response is not None
            spoken, kept = self._fetching.answer(routed, said, fits=fits, session=session)
            said = told(spoken.said, spoken.left)
            response = routed.respond(said, self._clock())
        else:
            left = record.NOTHING_FETCHED
            answer = record.answer(routed.identity, routed.owner, to_json(said), left)
            kept = self._written(answer, session)
        if kept.answering_arrival == record.QUEUE:
            return self._handed_over(routed)
        return PushOutcome("answered" if said else "silent", response or SUCCESS)

    def _kept_for_queue(
        self, routed: RoutedPush, said: tuple[Reply, ...], session: Session
    ) -> PushOutcome:
        self._written(record.answer_late(routed.identity, routed.owner, to_json(said)), session)
        return self._handed_over(routed)

    def _written(self, push: Write, session: Session) -> Record:
        """Writes push and session, and returns the record afterwards.

        Raises ConditionFailed, SessionConflict, or Unavailable.
        """
        while True:
            changes = session.writes()
            try:
                item = self._table.write(push, *changes)
            except ConditionFailed as refused:
                if push.key in refused.found:
                    raise
                session.rebase(refused.found[session.key], mine_wins=False)
            else:
                return Record.read(self._table.get(push.key) if changes else item)

    def _handed_over(
        self,
        routed: RoutedPush,
        cause: Exception | None = None,
        found: Record | None = None,
        *,
        redelivered: bool = False,
    ) -> PushOutcome:
        """First the job, then what waits in the line, if the account has no other way to say it."""
        outcome = self._job_sender.hand_over(routed, cause)
        return self._with_line(routed, outcome, found, redelivered=redelivered)

    def _with_line(
        self,
        routed: RoutedPush,
        outcome: PushOutcome,
        found: Record | None,
        *,
        redelivered: bool = True,
    ) -> PushOutcome:
        """The outcome with what waits; an earlier delivery may have been of the other mode."""
        looks = self._passive or (found is not None and found.fetched is not None)
        if not looks or outcome.word == REFUSED:
            return outcome
        try:
            said = self._fetching.fetch(routed, redelivered=redelivered)
        except Unsure as error:
            self._job_sender.let_wechat_hang_up(routed.arrival)
            return outcome._replace(cause=error)
        if not said:
            return outcome
        ack = routed.route.ack
        both = together(said, ack) if ack else said
        return outcome._replace(response=routed.respond(both, self._clock()) or SUCCESS)

    # --- A push that is known ---------------------------------------------------------------------

    def _routed_before(self, routed: RoutedPush, found: Record) -> RoutedPush:
        """The push with the route that its claim chose, because the state may be another one now.

        A route that only another release knows has no ack here; a worker of that release runs it.
        """
        if not found.route:
            return routed
        known = self._named(found.route)
        return routed._replace(route=known or replace(routed.route, name=found.route, ack=None))

    def _again(self, routed: RoutedPush, found: Record) -> PushOutcome:
        """Answers a redelivery; WeChat has thrown away any earlier answer."""
        while True:
            if found.delivered:
                return self._with_line(routed, PushOutcome("answered_before"), found)
            if found.answer and found.answering_arrival > routed.arrival:
                return PushOutcome("answered_before")
            if found.answering_arrival == record.QUEUE or (found.answer and self._is_late(routed)):
                return self._handed_over(routed, None, found, redelivered=True)
            try:
                if found.answer:
                    return self._replay(routed, found)
                return self._take_over(routed, found)
            except ConditionFailed as refused:
                found = _changed(refused, routed)
            except Unavailable as error:
                return self._handed_over(routed, error, found, redelivered=True)

    def _replay(self, routed: RoutedPush, found: Record) -> PushOutcome:
        self._table.write(record.replay(routed.identity, routed.arrival))
        said = told(from_json(found.answer), found.left)
        return PushOutcome("replayed", routed.respond(said, self._clock()) or SUCCESS)

    def _take_over(self, routed: RoutedPush, found: Record) -> PushOutcome:
        """Gives a running push to the queue, unless it is answered while we may wait."""
        if self._passive:
            first = self._waits_first(routed)
            self._wait(routed)
            if first:
                self._job_sender.let_wechat_hang_up(routed.arrival)
                return PushOutcome("waiting")
        self._table.write(record.hand(routed.identity))
        return self._handed_over(routed, None, found, redelivered=True)

    def _waits_first(self, routed: RoutedPush) -> bool:
        try:
            self._table.write(record.wait(routed.identity))
        except ConditionFailed:
            return False
        return True

    def _wait(self, routed: RoutedPush) -> None:
        """Waits while the push still runs. Raises ConditionFailed when the record changes."""
        still_runs = record.hand(routed.identity)
        while not self._is_late(routed, DEADLINE - LOOK):
            self._sleep(LOOK)
            item = self._table.get(still_runs.key)
            if not holds(still_runs.condition, item):
                raise ConditionFailed({still_runs.key: item or {}})

    def _is_late(self, routed: RoutedPush, patience: float = DEADLINE) -> bool:
        return self._clock() > routed.arrival + patience


def _changed(refused: ConditionFailed, routed: RoutedPush) -> Record:
    """The changed record. Raises Unavailable when it has vanished."""
    return Record.read(refused.found[record.key(routed.identity)])
