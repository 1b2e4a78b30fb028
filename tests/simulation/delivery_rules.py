"""The rules of the door, and of sessions."""

from chalicelib.delivery import handover, routing
from chalicelib.delivery.handover import JobSender
from chalicelib.delivery.jobs import Job
from chalicelib.delivery.outgoing import OutgoingMessages
from chalicelib.delivery.push import Pushes
from chalicelib.delivery.recorded import RecordedPushes
from chalicelib.router.session import Session

from .breaks import FALSE, LATE, LOST, STUCK, TRUE
from .mutants import Edit, Mutant, mutant

_NO_GROUP_FOR_EFFECTS = Edit(vars(Job)["group"].fget, "if self.route == EFFECTS", "if False")

DOOR = (
    mutant(
        "a job, then success: the handler raised",
        RecordedPushes._run_and_record,
        "whatever a handler raises becomes a job\n        return self._handed_over(routed, error)",
        'whatever\n        return PushOutcome("failed", cause=error)',
    ),
    mutant(
        "a job, then success: a claim was not confirmed",
        RecordedPushes._claimed,
        "return self.hand_over(routed, error)",
        "return go_on(routed)",
    ),
    mutant(
        "a job, then success: an answer was not confirmed",
        RecordedPushes._run_and_record,
        "Unavailable) as error:\n        return self._handed_over(routed, error)",
        'Unavailable) as error:\n        return PushOutcome("told", response or SUCCESS, error)',
        weather=("table:REFUSED", "kind:fast", "kind:session"),
    ),
    mutant(
        "a job, then success: somebody still runs it",
        RecordedPushes._take_over,
        "return self._handed_over(routed, None, found, redelivered=True)",
        'return PushOutcome("it runs")',
    ),
    mutant(
        "a job, then success: it is the queue's",
        RecordedPushes._again,
        "return self._handed_over(routed, None, found, redelivered=True)",
        'return PushOutcome("it is queued")',
        weather=("queue:REFUSED", "queue:HANGING", "queue:KILLED_BEFORE"),
    ),
    mutant(
        "who may answer is looked at before replying",
        RecordedPushes._answered,
        "if kept.answering_arrival == record.QUEUE:",
        "if False:",
        weather=STUCK,
    ),
    mutant(
        "what fits no reply goes by the queue",
        RecordedPushes._stored,
        "if response is None and not self._passive:",
        "if False:",
    ),
    mutant(
        "a job is sent once the late answer is kept",
        RecordedPushes._kept_for_queue,
        "self._written(record.answer_late",
        "self._handed_over(routed); self._written(record.answer_late",
        weather=("table:SLOW", "kind:list", "kind:long", "kind:fast", "handlers:SLOW"),
    ),
    mutant(
        "a redelivery of what is delivered says nothing of its own",
        RecordedPushes._again,
        "if found.delivered:",
        "if False:",
        weather=("response:UNCONFIRMED",),
    ),
    mutant(
        "the first answer, word for word",
        RecordedPushes._again,
        "return self._replay(routed, found)",
        "return self._run_and_record(routed)",
        weather=LOST,
    ),
    mutant(
        "handed over: the job of each delivery counts",
        JobSender.hand_over,
        'f"{routed.identity}-{routed.owner}"',
        "routed.identity",
        weather=("table:REFUSED", "table:UNCONFIRMED", "response:UNCONFIRMED", "kind:fast"),
    ),
    mutant(
        "slow: one job for all deliveries",
        JobSender.slow,
        "deduplication=routed.identity",
        "deduplication=routed.owner",
        weather=LOST,
    ),
    mutant(
        "effects: a job of their own",
        Pushes._effects_done,
        'deduplication=f"{opened.identity}-effects"',
        "deduplication=opened.identity",
        _NO_GROUP_FOR_EFFECTS,
        weather=("profiles:REFUSED", "kind:subscribe"),
    ),
    Mutant(
        "effects: a group of their own",
        (_NO_GROUP_FOR_EFFECTS,),
        ("profiles:REFUSED", "profiles:HANGING", "kind:subscribe", "kind:slow"),
    ),
    mutant("one user, one group", JobSender.offer, "job.group, dedup", "job.sender, dedup"),
    mutant("a job says who sent it", handover._job, "sender=routed.owner", 'sender="a door"'),
    mutant(
        "the queue is tried until the deadline",
        JobSender.offer,
        "if now >= until:",
        "if True:",
        weather=("queue:REFUSED",),
    ),
    mutant(
        "the queue refuses: silence",
        JobSender.refused,
        "self.let_wechat_hang_up(arrival)",
        "pass",
        weather=("queue:HANGING",),
    ),
    mutant(
        "the queue refuses: never an error",
        JobSender.refused,
        "self.let_wechat_hang_up(arrival)",
        "raise Unavailable",
        weather=("queue:HANGING",),
    ),
    mutant(
        "idempotent: a raise becomes a job",
        Pushes._idempotent,
        "return self._job_sender.hand_over(routed, error)",
        'return PushOutcome("failed", cause=error)',
    ),
    mutant(
        "idempotent: what is late becomes a job",
        Pushes._idempotent,
        "if response is None or self._clock() > routed.arrival + DEADLINE:",
        "if response is None:",
        weather=("kind:idempotent", "handlers:SLOW"),
    ),
    mutant(
        "two messages of a handler have two names",
        OutgoingMessages.send,
        "self._sent.get(openid, 0) + 1",
        "1",
        weather=("kind:mail", "job twice:SLOW"),
    ),
)

SESSION = (
    mutant(
        "session: unchanged",
        Session.writes,
        'equal("version", self._base.version)',
        TRUE,
        weather=("kind:session", "kind:memory", "handlers:SLOW"),
    ),
    mutant("session: still nothing there", Session.writes, 'absent("version")', TRUE),
    mutant("session: or what has expired", Session.writes, 'at_most("expires", now)', FALSE),
    mutant(
        "session: written with the answer",
        RecordedPushes._written,
        "item = self._table.write(push, *changes)",
        "item = [self._table.write(each) for each in (*changes, push)][-1]",
        weather=(*LATE, "table:REFUSED", "kind:session"),
    ),
)

STATE = (
    mutant(
        "state: a redelivery reads the state again",
        RecordedPushes._routed_before,
        "if not found.route:",
        "if True:",
        Edit(routing.route_of, "taken.route or job.route", "job.route"),
        weather=("kind:step", "handler:KILLED_BEFORE", "table:KILLED_AFTER"),
    ),
    mutant(
        "state: a job goes by the claim of its push",
        routing.route_of,
        "taken.route or job.route",
        "job.route",
        weather=("kind:step", "table:REFUSED", "handler:KILLED_BEFORE", "table:KILLED_AFTER"),
    ),
    mutant(
        "state: the claim keeps the route",
        RecordedPushes._claimed,
        'routed.route.name if routed.by_state else ""',
        '""',
        weather=("kind:step", "handler:KILLED_BEFORE", "table:KILLED_AFTER"),
    ),
    mutant(
        "state: a slow step is claimed before its job",
        Pushes._dispatch,
        "if queued and not self._passive and not routed.by_state:",
        "if queued and not self._passive:",
        weather=("kind:step", *LOST),
    ),
    mutant(
        "state: what cannot be read is left to the worker",
        Pushes.answer,
        "self._recorded.hand_over(routed, trouble) if trouble else self._dispatch(routed)",
        'PushOutcome("unknown") if trouble else self._dispatch(routed)',
        weather=("kind:step", "table:REFUSED", "table:HANGING"),
    ),
)
