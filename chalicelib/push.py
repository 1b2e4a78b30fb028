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

from . import log, record
from .conditions import holds
from .context import Context, OutOfPlace
from .effects import EFFECTS, FOLLOWED, Effects, ForWorker, whom
from .handover import DEADLINE, Jobs, Outcome, Visit
from .jobs import Job
from .mail import Mail
from .outbox import Outbox, told
from .ports import ConditionFailed, Queue, State, Unavailable, Write
from .proof import Delivery, Proof
from .record import Record
from .router import Routes, handler_to_write
from .session import Session
from .wechat.envelopes import Opened
from .wechat.kept_replies import from_json, to_json
from .wechat.replies import Reply

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
        proof: Proof,
        routes: Routes,
        state: State,
        queue: Queue,
        effects: Effects,
        outbox: Outbox | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._proof = proof
        self._routes = routes
        self._state = state
        self._queue = queue
        self._jobs = Jobs(queue, clock, sleep)
        self._effects = effects
        self._outbox = outbox
        self._clock = clock
        self._sleep = sleep
        self._cold = True

    def verify(self, query: Mapping[str, Sequence[str]], arrival: float) -> str:
        """The echostr that answers WeChat's console (GET). Raises Refused."""
        return self._proof.verify(query, arrival + DEADLINE)

    def answer(self, delivery: Delivery) -> str | None:
        """The XML that answers a push (POST); None when there is nothing to say, or not now.

        Raises PushError for a push that is turned away.
        """
        try:
            opened = self._proof.open(delivery, delivery.arrival + DEADLINE)
        except Unavailable:
            self._jobs.let_wechat_hang_up(delivery.arrival)
            return None
        if not self._effects_done(opened, delivery.arrival):
            self._note(opened, delivery, self._jobs.refused(delivery.arrival))
            return None
        matched = self._routes.match(opened.push)
        if matched is None:
            hint = (
                {}
                if isinstance(opened.push, FOLLOWED)
                else {"write": handler_to_write(opened.push)}
            )
            self._note(opened, delivery, Outcome("unanswered"), **hint)
            return None
        route, groups = matched
        visit = Visit(opened, route, groups, delivery.arrival, delivery.lease)
        outcome = self._on_its_road(visit)
        self._note(opened, delivery, outcome, route=route.name)
        return outcome.reply

    def _effects_done(self, opened: Opened, arrival: float) -> bool:
        """Whether the backend's own part is done, or will be; WeChat must deliver again if not."""
        try:
            self._effects.apply(opened.push, arrival)
        except Exception as error:  # noqa: BLE001 - whatever it is, the worker does it
            if not isinstance(error, ForWorker):
                log.error("an effect is left to the worker", {"EffectFailed": 1}, error)
            push = opened.push
            job = Job(opened.identity, whom(push), arrival, "door", EFFECTS, push.fields)
            return self._jobs.offer(job, deduplication=f"{opened.identity}-effects")
        return True

    def _on_its_road(self, visit: Visit) -> Outcome:
        if visit.route.idempotent:
            return self._idempotent(visit)
        if visit.route.slow and self._outbox is None:
            return self._jobs.slow(visit)
        try:
            return self._recorded(visit)
        except Exception as error:  # noqa: BLE001 - an answer that cannot be kept was not given
            return self._jobs.hand_over(visit, error)

    def _idempotent(self, visit: Visit) -> Outcome:
        started = self._clock()
        try:
            said, reply = self._run(visit, None)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes a job
            return self._jobs.hand_over(visit, error)
        if self._clock() - started > IDEMPOTENT_SECONDS:
            log.error("an idempotent handler is slow; write slow=True", route=visit.route.name)
        if said and reply is None:
            return self._jobs.hand_over(visit)
        return Outcome("silent") if reply is None else Outcome("answered", reply)

    # --- A recorded push ----------------------------------------------------------------------

    def _recorded(self, visit: Visit) -> Outcome:
        now = self._clock()
        claim = record.claim(visit.identity, visit.owner, visit.lease, visit.arrival, now)
        try:
            self._claim(claim)
        except ConditionFailed as refused:
            found = Record.read(refused.found[claim.key])
            if found.owner != visit.owner:
                return self._again(visit, found)._replace(again=True)
        except Unavailable as error:
            return self._jobs.hand_over(visit, error)
        return self._run_and_record(visit)

    def _claim(self, claim: Write) -> None:
        """Twice if need be: connections die while Lambda is frozen, and the first call finds out.

        A claim that was not confirmed and finds itself as the owner has won.
        """
        try:
            self._state.write(claim)
        except Unavailable:
            self._state.write(claim)

    def _run_and_record(self, visit: Visit) -> Outcome:
        session = Session(self._state, visit.opened.push.from_user_name, self._clock)
        try:
            said, reply = self._run(visit, session)
            writes = session.writes()
        except OutOfPlace as error:
            # A slow route may ask for WeChat's API, which the worker alone has.
            return self._jobs.hand_over(visit, None if visit.route.slow else error)
        except Exception as error:  # noqa: BLE001 - whatever a handler raises becomes a job
            return self._jobs.hand_over(visit, error)
        patience = DEADLINE if self._outbox is None else PASSIVE_DEADLINE
        if self._is_late(visit, patience) or (said and reply is None):
            return self._kept_for_queue(visit, said, writes)
        return self._answered(visit, said, reply, writes)

    def _answered(
        self, visit: Visit, own: tuple[Reply, ...], reply: str | None, writes: list[Write]
    ) -> Outcome:
        """The handler's answer; where there is an outbox, with what waits there for this push."""
        box, said, left, taken = None, own, record.NOTHING_FETCHED, list[Write]()
        try:
            if self._outbox is not None:
                box = self._outbox.open(visit.opened.push.from_user_name)
                said, left, taken = self._outbox.fetched(box, own)
                reply = visit.reply(told(said, left), self._clock())
            answer = record.answer(visit.identity, visit.owner, to_json(said), left)
            kept = Record.read(self._state.write(answer, *writes, *taken))
        except ConditionFailed as refused:
            if box is not None and box.key in refused.found:
                return self._kept_for_queue(visit, own, writes)
            return self._jobs.hand_over(visit, refused)
        except Unavailable as error:
            return self._jobs.hand_over(visit, error)
        if kept.turn == record.QUEUE:
            return self._jobs.hand_over(visit)
        return Outcome("silent") if reply is None else Outcome("answered", reply)

    def _kept_for_queue(
        self, visit: Visit, said: tuple[Reply, ...], writes: list[Write]
    ) -> Outcome:
        answer = record.answer_late(visit.identity, visit.owner, to_json(said))
        try:
            self._state.write(answer, *writes)
        except (ConditionFailed, Unavailable) as error:
            return self._jobs.hand_over(visit, error)
        return self._jobs.hand_over(visit)

    # --- A push that is known -----------------------------------------------------------------

    def _again(self, visit: Visit, found: Record) -> Outcome:
        """WeChat delivers again, for it has thrown away what it was answered before."""
        while True:
            if found.delivered or (found.answer and found.turn > visit.arrival):
                return Outcome("answered_before")
            if found.turn == record.QUEUE or (found.answer and self._is_late(visit)):
                return self._jobs.hand_over(visit)
            try:
                return self._replay(visit, found) if found.answer else self._take_over(visit)
            except ConditionFailed as refused:
                found = _changed(refused, visit)
            except Unavailable as error:
                return self._jobs.hand_over(visit, error)

    def _replay(self, visit: Visit, found: Record) -> Outcome:
        self._state.write(record.replay(visit.identity, visit.arrival))
        said = told(from_json(found.answer), found.left)
        return Outcome("replayed", visit.reply(said, self._clock()))

    def _take_over(self, visit: Visit) -> Outcome:
        """Somebody still runs it: the queue will answer, unless he does while we may wait."""
        if self._outbox is not None:
            first = self._waits_first(visit)
            self._wait(visit)
            if first:
                self._jobs.let_wechat_hang_up(visit.arrival)
                return Outcome("waiting")
        self._state.write(record.hand(visit.identity))
        return self._jobs.hand_over(visit)

    def _waits_first(self, visit: Visit) -> bool:
        try:
            self._state.write(record.wait(visit.identity))
        except ConditionFailed:
            return False
        return True

    def _wait(self, visit: Visit) -> None:
        """Looks for as long as this delivery may wait. Raises ConditionFailed upon a change."""
        still_runs = record.hand(visit.identity)
        while not self._is_late(visit, DEADLINE - LOOK):
            self._sleep(LOOK)
            item = self._state.get(still_runs.key)
            if not holds(still_runs.condition, item):
                raise ConditionFailed({still_runs.key: item or {}})

    # --- Small steps --------------------------------------------------------------------------

    def _run(self, visit: Visit, session: Session | None) -> tuple[tuple[Reply, ...], str | None]:
        """What the handler says, and the passive reply it makes, if it makes one."""
        mail = Mail(self._queue, visit.identity, self._clock)
        push = visit.opened.push
        known = partial(self._effects.profile, push.from_user_name)
        context = Context(visit.identity, visit.groups, mail, session, known)
        said = visit.route.run(push, context)
        return said, visit.reply(said, self._clock())

    def _is_late(self, visit: Visit, patience: float = DEADLINE) -> bool:
        return self._clock() > visit.arrival + patience

    def _note(self, opened: Opened, delivery: Delivery, outcome: Outcome, **fields: object) -> None:
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


def _number(opened: Opened, delivery: Delivery, outcome: Outcome) -> int:
    """Which delivery of its push it is, as far as clock and record can tell.

    WeChat signs a push once, and waits for an answer before it delivers it again.
    """
    waits = int((delivery.arrival - opened.signed) / WECHAT_WAITS)
    return 1 + max(waits, 1 if outcome.again else 0)


def _changed(refused: ConditionFailed, visit: Visit) -> Record:
    """The record that is not as it was. Raises Unavailable when it has vanished."""
    return Record.read(refused.found[record.key(visit.identity)])
