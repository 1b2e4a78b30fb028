"""The life of a push at the door: answered now, or a job for the worker and `success`.

    idempotent   run, answer                                                no AWS call
    fast         claim, run, write the answer, answer                       two calls
    slow         a job, then `success` or the route's ack                   one call
    all else     a job, then `success`: the handler raised or was late, the answer fits no
                 passive reply, a write was not confirmed, somebody else works on the push

`handover.py` makes the jobs. The record (`record.py`) decides who answers when several deliveries
and jobs are under way.

An account without the customer service API has no slow road: each push is recorded, the first
redelivery waits for its answer in silence, the next one hands over, so that a handler has about
fourteen seconds. What the worker answers then waits in the outbox for the user's next push.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from .. import log
from ..conditions import holds
from ..ports import ConditionFailed, Queue, Table, Unavailable, Write
from ..router.context import Context, OutOfPlace
from ..router.routes import Routes, handler_to_write
from ..router.session import Session
from ..users.effects import EFFECTS, PROFILE_EVENTS, Effects, ForWorker, user_of
from ..wechat.envelopes import SUCCESS, Opened, PushResponse
from ..wechat.replies import Reply
from ..wechat.reply_json import from_json, to_json
from . import record
from .handover import DEADLINE, JobSender, PushOutcome, RoutedPush
from .jobs import Job
from .outbox import Outbox, told
from .outgoing import OutgoingMessages
from .record import Record
from .verifier import Delivery, PushVerifier

WECHAT_WAITS = 5
"""Seconds for which WeChat waits for an answer."""
PASSIVE_DEADLINE = 14.0
"""Seconds after its arrival by which a push is answered where redeliveries wait for that."""
LOOK = 0.5
"""Seconds between two looks at a push that somebody else answers."""
IDEMPOTENT_SECONDS = 1.0
"""Seconds that an idempotent handler may take without being called slow."""


class Pushes:
    """The door's work, without HTTP."""

    def __init__(
        self,
        verifier: PushVerifier,
        routes: Routes,
        table: Table,
        queue: Queue,
        effects: Effects,
        outbox: Outbox | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._verifier = verifier
        self._routes = routes
        self._table = table
        self._queue = queue
        self._job_sender = JobSender(queue, clock, sleep)
        self._effects = effects
        self._outbox = outbox
        self._clock = clock
        self._sleep = sleep
        self._cold = True

    def verify(self, query: Mapping[str, Sequence[str]], arrival: float) -> str:
        """The echostr that answers WeChat's console (GET). Raises Refused."""
        return self._verifier.verify(query, arrival + DEADLINE)

    def answer(self, delivery: Delivery) -> PushResponse:
        """What WeChat gets for a push (POST): a passive reply, or SUCCESS.

        Raises PushError for a push that is turned away.
        """
        try:
            opened = self._verifier.open(delivery, delivery.arrival + DEADLINE)
        except Unavailable:
            self._job_sender.let_wechat_hang_up(delivery.arrival)
            return SUCCESS
        if not self._effects_done(opened, delivery.arrival):
            self._note(opened, delivery, self._job_sender.refused(delivery.arrival))
            return SUCCESS
        matched = self._routes.match(opened.push)
        if matched is None:
            hint = (
                {}
                if isinstance(opened.push, PROFILE_EVENTS)
                else {"write": handler_to_write(opened.push)}
            )
            self._note(opened, delivery, PushOutcome("unanswered"), **hint)
            return SUCCESS
        route, groups = matched
        routed = RoutedPush(opened, route, groups, delivery.arrival, delivery.lease)
        outcome = self._on_its_road(routed)
        self._note(opened, delivery, outcome, route=route.name)
        return outcome.response

    def _effects_done(self, opened: Opened, arrival: float) -> bool:
        """Whether the backend's own part is done, or will be; WeChat must deliver again if not."""
        try:
            self._effects.apply(opened.push, arrival)
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker does it
            if not isinstance(error, ForWorker):
                log.error("an effect is left to the worker", {"EffectFailed": 1}, error)
            push = opened.push
            job = Job(opened.identity, user_of(push), arrival, "door", EFFECTS, push.fields)
            return self._job_sender.offer(job, deduplication=f"{opened.identity}-effects")
        return True

    def _on_its_road(self, routed: RoutedPush) -> PushOutcome:
        if routed.route.idempotent:
            return self._idempotent(routed)
        if routed.route.slow and self._outbox is None:
            return self._job_sender.slow(routed)
        try:
            return self._recorded(routed)
        except Exception as error:  # noqa: BLE001 - an answer that cannot be kept was not given
            return self._job_sender.hand_over(routed, error)

    def _idempotent(self, routed: RoutedPush) -> PushOutcome:
        started = self._clock()
        try:
            said, response = self._run(routed, None)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes a job
            return self._job_sender.hand_over(routed, error)
        if self._clock() - started > IDEMPOTENT_SECONDS:
            log.error("an idempotent handler is slow; write slow=True", route=routed.route.name)
        if response is None:
            return self._job_sender.hand_over(routed)
        return PushOutcome("answered" if said else "silent", response)

    # --- A recorded push ----------------------------------------------------------------------

    def _recorded(self, routed: RoutedPush) -> PushOutcome:
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
        """Twice if need be: connections die while Lambda is frozen, and the first call finds out.

        A claim that was not confirmed and finds itself as the owner has won.
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
            # A slow route may ask for WeChat's API, which the worker alone has.
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
        """The handler's answer; where there is an outbox, with what waits there for this push."""
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

    # --- A push that is known -----------------------------------------------------------------

    def _again(self, routed: RoutedPush, found: Record) -> PushOutcome:
        """WeChat delivers again, for it has thrown away what it was answered before."""
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
        """Somebody still runs it: the queue will answer, unless he does while we may wait."""
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
        """Looks for as long as this delivery may wait. Raises ConditionFailed upon a change."""
        still_runs = record.hand(routed.identity)
        while not self._is_late(routed, DEADLINE - LOOK):
            self._sleep(LOOK)
            item = self._table.get(still_runs.key)
            if not holds(still_runs.condition, item):
                raise ConditionFailed({still_runs.key: item or {}})

    # --- Small steps --------------------------------------------------------------------------

    def _run(
        self, routed: RoutedPush, session: Session | None
    ) -> tuple[tuple[Reply, ...], PushResponse | None]:
        """What the handler says, and the response that holds it; None where none can."""
        outgoing = OutgoingMessages(self._queue, routed.identity, self._clock)
        push = routed.opened.push
        context = Context(
            routed.identity,
            routed.groups,
            send=outgoing.send,
            session=session,
            profile=partial(self._effects.profile, push.from_user_name),
        )
        said = routed.route.run(push, context)
        return said, routed.respond(said, self._clock())

    def _is_late(self, routed: RoutedPush, patience: float = DEADLINE) -> bool:
        return self._clock() > routed.arrival + patience

    def _note(
        self, opened: Opened, delivery: Delivery, outcome: PushOutcome, **fields: object
    ) -> None:
        milliseconds = round((self._clock() - delivery.arrival) * 1000, 1)
        metrics: dict[str, float] = {"PushMilliseconds": milliseconds}
        if opened.superseded:
            metrics["SupersededSecretUsed"] = 1
        if outcome.cause:
            metrics["PushFailed"] = 1
            fields |= log.reason(outcome.cause)
        log.write(
            "push",
            metrics,
            outcome.cause,
            identity=opened.identity,
            kind=type(opened.push).__name__,
            outcome=outcome.word,
            delivery=_number(opened, delivery, outcome),
            cold=self._cold,
            **fields,
        )
        self._cold = False


def _number(opened: Opened, delivery: Delivery, outcome: PushOutcome) -> int:
    """Which delivery of its push it is, as far as clock and record can tell.

    WeChat signs a push once, and waits for an answer before it delivers it again.
    """
    waits = int((delivery.arrival - opened.signed) / WECHAT_WAITS)
    return 1 + max(waits, 1 if outcome.again else 0)


def _changed(refused: ConditionFailed, routed: RoutedPush) -> Record:
    """The record that is not as it was. Raises Unavailable when it has vanished."""
    return Record.read(refused.found[record.key(routed.identity)])
