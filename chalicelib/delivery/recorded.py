"""Answers a recorded push once, however many deliveries and jobs are under way.

    claim ──> run ──> write the answer ──> answer              the first delivery
    known: answered                    ──> the same answer     a redelivery
    known: still runs, or the queue's  ──> a job               a redelivery

An account without the customer service API records every push. There the first redelivery waits
for the answer in silence and the next one hands over, so a handler has about fourteen seconds.
The worker's answer then waits in the outbox for the user's next push.
"""

from collections.abc import Callable
from typing import TypeAlias

from ..conditions import holds
from ..ports import ConditionFailed, Table, Unavailable, Write
from ..router.context import OutOfPlace
from ..router.session import Session
from ..wechat.envelopes import SUCCESS, PushResponse
from ..wechat.replies import Reply
from ..wechat.reply_json import from_json, to_json
from . import record
from .handover import DEADLINE, JobSender, PushOutcome, RoutedPush
from .outbox import Outbox, told
from .record import Record

PASSIVE_DEADLINE = 14.0
"""Seconds after its arrival by which a push must be answered when redeliveries wait."""
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
        outbox: Outbox | None,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._table = table
        self._job_sender = job_sender
        self._run = run
        self._outbox = outbox
        self._clock = clock
        self._sleep = sleep

    def answer(self, routed: RoutedPush) -> PushOutcome:
        """Answers one delivery, or hands it over."""
        now = self._clock()
        claim = record.claim(routed.identity, routed.owner, routed.lease, routed.arrival, now)
        try:
            self._claim(claim)
        except ConditionFailed as refused:
            found = Record.read(refused.found[claim.key])
            if found.owner != routed.owner:
                return self._again(routed, found)._replace(again=True)
        except Unavailable as error:
            return self._job_sender.hand_over(routed, error)
        return self._run_and_record(routed)

    def _claim(self, claim: Write) -> None:
        """Writes the claim, twice if need be: a connection may have died while Lambda was frozen.

        An unconfirmed claim that finds itself as the owner has won.
        """
        try:
            self._table.write(claim)
        except Unavailable:
            self._table.write(claim)

    def _run_and_record(self, routed: RoutedPush) -> PushOutcome:
        session = Session(self._table, routed.opened.push.from_user_name, self._clock)
        try:
            said, response = self._run(routed, session)
            writes = session.writes()
        except OutOfPlace as error:
            # A slow route may use WeChat's API, which only the worker has.
            return self._job_sender.hand_over(routed, None if routed.route.slow else error)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes a job
            return self._job_sender.hand_over(routed, error)
        patience = DEADLINE if self._outbox is None else PASSIVE_DEADLINE
        if self._is_late(routed, patience) or response is None:
            return self._kept_for_queue(routed, said, writes)
        return self._answered(routed, said, response, writes)

    def _answered(
        self,
        routed: RoutedPush,
        own: tuple[Reply, ...],
        response: PushResponse,
        writes: list[Write],
    ) -> PushOutcome:
        """Stores the handler's answer, with what the outbox holds for the user, and replies."""
        box, said, left, taken = None, own, record.NOTHING_FETCHED, list[Write]()
        try:
            if self._outbox is not None:
                box = self._outbox.open(routed.opened.push.from_user_name)
                said, left, taken = self._outbox.fetched(box, own)
                response = routed.respond(told(said, left), self._clock()) or SUCCESS
            answer = record.answer(routed.identity, routed.owner, to_json(said), left)
            kept = Record.read(self._table.write(answer, *writes, *taken))
        except ConditionFailed as refused:
            if box is not None and box.key in refused.found:
                return self._kept_for_queue(routed, own, writes)
            return self._job_sender.hand_over(routed, refused)
        except Unavailable as error:
            return self._job_sender.hand_over(routed, error)
        if kept.answering_arrival == record.QUEUE:
            return self._job_sender.hand_over(routed)
        return PushOutcome("answered" if said else "silent", response)

    def _kept_for_queue(
        self, routed: RoutedPush, said: tuple[Reply, ...], writes: list[Write]
    ) -> PushOutcome:
        answer = record.answer_late(routed.identity, routed.owner, to_json(said))
        try:
            self._table.write(answer, *writes)
        except (ConditionFailed, Unavailable) as error:
            return self._job_sender.hand_over(routed, error)
        return self._job_sender.hand_over(routed)

    # --- A push that is known ---------------------------------------------------------------------

    def _again(self, routed: RoutedPush, found: Record) -> PushOutcome:
        """Answers a redelivery; WeChat has thrown away any earlier answer."""
        while True:
            if found.delivered or (found.answer and found.answering_arrival > routed.arrival):
                return PushOutcome("answered_before")
            if found.answering_arrival == record.QUEUE or (found.answer and self._is_late(routed)):
                return self._job_sender.hand_over(routed)
            try:
                return self._replay(routed, found) if found.answer else self._take_over(routed)
            except ConditionFailed as refused:
                found = _changed(refused, routed)
            except Unavailable as error:
                return self._job_sender.hand_over(routed, error)

    def _replay(self, routed: RoutedPush, found: Record) -> PushOutcome:
        self._table.write(record.replay(routed.identity, routed.arrival))
        said = told(from_json(found.answer), found.left)
        return PushOutcome("replayed", routed.respond(said, self._clock()) or SUCCESS)

    def _take_over(self, routed: RoutedPush) -> PushOutcome:
        """Gives a running push to the queue, unless it is answered while we may wait."""
        if self._outbox is not None:
            first = self._waits_first(routed)
            self._wait(routed)
            if first:
                self._job_sender.let_wechat_hang_up(routed.arrival)
                return PushOutcome("waiting")
        self._table.write(record.hand(routed.identity))
        return self._job_sender.hand_over(routed)

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
