"""Answers a push at the door now, or makes a job for the worker and replies `success`.

    idempotent   run, answer                                                no AWS call
    fast         claim, run, write the answer, answer                       two calls
    slow         a job, then `success` or the route's ack                   one call
    all else     a job, then `success`: the handler raised or was late, the answer fits no
                 passive reply, a write was not confirmed, or another process has the push

`recorded.py` claims and answers recorded pushes, `handover.py` makes the jobs.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from .. import log
from ..ports import Queues, Table, Unavailable
from ..router.continuing import asks_first, named
from ..router.routes import Match, handler_to_write
from ..router.session import Session
from ..users.effects import EFFECTS, PROFILE_EVENTS, Effects, ForWorker, user_of
from ..wechat.envelopes import SUCCESS, Opened, PushResponse
from ..wechat.messages import ViewEvent, ViewMiniprogramEvent
from ..wechat.replies import Reply
from .handover import DEADLINE, REFUSED, JobSender, PushOutcome, RoutedPush
from .jobs import Job, given_up
from .line import Line
from .recorded import RecordedPushes
from .routing import UNDECIDED_ROUTE, chosen
from .runner import HandlerRunner, Run
from .verifier import Delivery, PushVerifier

DONE_WITHOUT_HANDLER = (*PROFILE_EVENTS, ViewEvent, ViewMiniprogramEvent)
"""Events that need no handler: the backend or WeChat itself has done what they tell of."""
IDEMPOTENT_SECONDS = 1.0
"""Seconds after which the log calls an idempotent handler slow."""


class Pushes:
    """What the door does with pushes, without HTTP."""

    def __init__(
        self,
        verifier: PushVerifier,
        runner: HandlerRunner,
        table: Table,
        queues: Queues,
        effects: Effects,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        *,
        passive: bool = False,
    ) -> None:
        self._verifier = verifier
        self._runner = runner
        self._job_sender = JobSender(queues, clock, sleep)
        self._effects = effects
        self._table = table
        self._passive = passive
        self._recorded = RecordedPushes(
            table,
            self._job_sender,
            self._run,
            partial(named, runner.routes),
            clock,
            sleep,
            passive=passive,
        )
        self._clock = clock
        self._cold = True

    def verify(self, query: Mapping[str, Sequence[str]], arrival: float) -> str:
        """The echostr that answers 微信开发者平台 (GET). Raises Refused."""
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
        push, routes = opened.push, self._runner.routes
        session = Session(self._table, push.from_user_name, self._clock)
        try:
            matched, trouble = chosen(routes, push, session), None
        except Unavailable as error:
            matched, trouble = Match(UNDECIDED_ROUTE, {}, by_state=True), error
        if matched is None:
            done_already = isinstance(push, DONE_WITHOUT_HANDLER)
            hint = {} if done_already else {"write": handler_to_write(push)}
            self._note(opened, delivery, PushOutcome("unanswered"), **hint)
            return SUCCESS
        routed = RoutedPush(opened, *matched, delivery.arrival, delivery.lease, session)
        outcome = self._recorded.hand_over(routed, trouble) if trouble else self._dispatch(routed)
        self._note(opened, delivery, outcome, route=outcome.route or routed.route.name)
        return outcome.response

    def _effects_done(self, opened: Opened, arrival: float) -> bool:
        """Whether the push's effects are done or queued; if not, WeChat must deliver again."""
        try:
            self._effects.apply(opened.push, arrival)
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker does it
            if not isinstance(error, ForWorker):
                log.error("an effect is left to the worker", {"EffectFailed": 1}, error)
            push = opened.push
            job = Job(opened.identity, user_of(push), arrival, "door", EFFECTS, push.fields)
            return self._job_sender.offer(job, deduplication=f"{opened.identity}-effects")
        return True

    def _dispatch(self, routed: RoutedPush) -> PushOutcome:
        if routed.route.idempotent:
            return self._idempotent(routed)
        route = routed.route
        queued = route.slow and (route.cancellable or not self._passive)
        if queued and not self._passive and not routed.by_state:
            return self._slow(routed)
        try:
            return self._recorded.queue(routed) if queued else self._recorded.answer(routed)
        except Exception as error:  # noqa: BLE001 - an answer that was not kept does not count
            return self._job_sender.hand_over(routed, error)

    def _slow(self, routed: RoutedPush) -> PushOutcome:
        outcome = self._job_sender.slow(routed)
        if routed.route.cancellable and outcome.word != REFUSED:
            from .expected import expect  # noqa: PLC0415 - only streams and long work need it

            signed = routed.opened.signed
            asked = float(signed) if routed.deliveries_before else routed.arrival
            expect(self._table, self._clock, routed.openid, routed.identity, signed, asked)
        return outcome

    def _idempotent(self, routed: RoutedPush) -> PushOutcome:
        started = self._clock()
        try:
            said, response = self._run(routed, None)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes a job
            return self._job_sender.hand_over(routed, error)
        if self._clock() - started > IDEMPOTENT_SECONDS:
            log.error("an idempotent handler is slow; write slow=True", route=routed.route.name)
        if response is None or self._clock() > routed.arrival + DEADLINE:
            return self._job_sender.hand_over(routed)
        return PushOutcome("answered" if said else "silent", response)

    def _run(
        self, routed: RoutedPush, session: Session | None
    ) -> tuple[tuple[Reply, ...], PushResponse | None]:
        """What the handler says, and the response that holds it; None if none can."""
        runner, push = self._runner, routed.opened.push
        if asks_first(routed.route) and self._waits(push.from_user_name):
            return (), SUCCESS
        run = Run(routed.identity, routed.groups, routed.arrival)
        said = runner.run(routed.route, push, run, session)
        return said, routed.respond(said, self._clock())

    def _waits(self, openid: str) -> bool:
        return bool(Line.look(self._table, openid, self._clock()).parts)

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
    """The number of this delivery of its push, as far as clock and record show it."""
    return 1 + max(given_up(opened.signed, delivery.arrival), 1 if outcome.again else 0)
