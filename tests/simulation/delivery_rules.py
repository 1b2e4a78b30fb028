"""The rules of delivery: at the door, in the worker, in a session, and by the next push."""

from chalicelib.delivery.sending import CustomerService

from chalicelib.delivery.handover import JobSender
from chalicelib.delivery.outbox import Box, Outbox
from chalicelib.delivery.push import Pushes
from chalicelib.delivery.recorded import RecordedPushes
from chalicelib.delivery.worker import Worker
from chalicelib.router.session import Session

from .breaks import DYING, FAILING, FALSE, LOST, STUCK, TRUE
from .mutants import mutant

DOOR = (
    mutant(
        "a job, then success: the handler raised",
        RecordedPushes._run_and_record,
        "return self._job_sender.hand_over(routed, error)",
        'return PushOutcome("failed", cause=error)',
    ),
    mutant(
        "a job, then success: a claim was not confirmed",
        RecordedPushes.answer,
        "return self._job_sender.hand_over(routed, error)",
        "return self._run_and_record(routed)",
    ),
    mutant(
        "a job, then success: an answer was not confirmed",
        RecordedPushes._answered,
        "return self._job_sender.hand_over(routed, error)",
        'return PushOutcome("answered", response, error)',
        weather=("table:REFUSED", "kind:fast", "kind:session"),
    ),
    mutant(
        "a job, then success: somebody still runs it",
        RecordedPushes._take_over,
        "return self._job_sender.hand_over(routed)",
        'return PushOutcome("it runs")',
    ),
    mutant(
        "a job, then success: it is the queue's",
        RecordedPushes._again,
        "return self._job_sender.hand_over(routed)\n",
        'return PushOutcome("it is queued")\n',
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
        RecordedPushes._run_and_record,
        " or response is None",
        "",
    ),
    mutant(
        "a redelivery of what is delivered says nothing",
        RecordedPushes._again,
        "found.delivered or ",
        "",
        weather=("response:UNCONFIRMED",),
    ),
    mutant(
        "the first answer, word for word",
        RecordedPushes._again,
        "self._replay(routed, found) if found.answer else",
        "self._run_and_record(routed) if found.answer else",
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
    mutant("one user, one group", JobSender.offer, "job.openid, dedup", "job.sender, dedup"),
    mutant(
        "the queue is tried until the deadline",
        JobSender.offer,
        "if self._clock() >= until:",
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
)

WORKER = (
    mutant(
        "a live lease is waited for in place",
        Worker._take,
        "elif now + LOOK > lease - 2 * record.LEASE:",
        "elif True:",
    ),
    mutant(
        "what is answered is not run again",
        Worker._done,
        "from_json(taken.answer) if taken.answer else",
        "",
    ),
    mutant(
        "the whole answer is kept before any of it leaves",
        Worker._kept,
        "self._table.write(record.keep(job.identity, owner, to_json(said)), *writes)",
        "pass",
    ),
    mutant(
        "a failure gives the push back",
        Worker._done,
        "self._give_back(",
        "(lambda *_: None)(",
    ),
    mutant(
        "a doubt is given on",
        Worker._done,
        "error.part if isinstance(error, InDoubt) else 0",
        "0",
    ),
    mutant(
        "who died sending leaves a doubt",
        Worker._take,
        "record.part_died_with(known)",
        "0",
        weather=DYING,
    ),
    mutant(
        "the last try apologizes",
        Worker._failed,
        "if last and job and not isinstance(error, InDoubt):",
        "if False:",
    ),
    mutant(
        "a failure raises, until the job is dead",
        Worker._failed,
        "done=False",
        "done=True",
    ),
    mutant(
        "the next try comes soon",
        Worker._failed,
        "message.hold(0 if last else pauses[message.tries - 1])",
        "pass",
    ),
    mutant(
        "each part is recorded",
        CustomerService.deliver,
        "self._record(parcel, number + 1, last=number + 1 == len(payloads))",
        "if number + 1 == len(payloads): self._record(parcel, number + 1, last=True)",
    ),
    mutant(
        "sent parts are not sent again",
        CustomerService.deliver,
        "payloads[parcel.sent :], parcel.sent",
        "payloads, 0",
    ),
    mutant(
        "what is dropped is counted",
        CustomerService.deliver,
        "self._count_dropped(parcel, reason, len(payloads) - number)",
        "pass",
    ),
)

SESSION = (
    mutant("session: unchanged", Session.writes, 'equal("version", self._base.version)', TRUE),
    mutant("session: still nothing there", Session.writes, 'absent("version")', TRUE),
    mutant("session: or what has expired", Session.writes, 'at_most("expires", now)', FALSE),
    mutant(
        "session: written with the answer",
        RecordedPushes._answered,
        "self._table.write(answer, *writes, *taken)",
        "[self._table.write(each) for each in (*writes, *taken, answer)][-1]",
    ),
)

PASSIVE = (
    mutant(
        "outbox: unchanged",
        Box.kept,
        'equal("version", self.version)',
        TRUE,
        weather=("table:REFUSED", "kind:fast", "kind:list"),
    ),
    mutant(
        "outbox: put in together with `delivered`",
        Outbox._put,
        "self._table.write(*others, put)",
        "[self._table.write(each) for each in (put, *others)]",
        weather=FAILING,
    ),
    mutant(
        "outbox: taken out together with the answer",
        RecordedPushes._answered,
        "self._table.write(answer, *writes, *taken)",
        "[*map(self._table.write, taken), self._table.write(answer, *writes)][-1]",
        weather=FAILING,
    ),
    mutant(
        "outbox: what was fetched goes back to its head",
        Outbox.deliver,
        "first=parcel.fetched",
        "first=False",
        weather=("table:UNCONFIRMED", "kind:list", "kind:series", "kind:fast"),
    ),
    mutant(
        "passive: the first redelivery stays silent",
        RecordedPushes._take_over,
        "if first:",
        "if False:",
    ),
    mutant(
        "passive: only the first redelivery stays silent",
        RecordedPushes._take_over,
        "if first:",
        "if True:",
    ),
    mutant(
        "passive: slow routes are recorded",
        Pushes._dispatch,
        " and not self._passive",
        "",
    ),
    mutant(
        "passive: a handler has 14 seconds",
        RecordedPushes._run_and_record,
        "else PASSIVE_DEADLINE",
        "else DEADLINE",
    ),
)
