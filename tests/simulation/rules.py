"""The rules of a push's life, each with the lines of the code that keep it, and those broken.

A rule that can be broken without any seed failing is not watched by the checks, or is no rule.
"""

from chalicelib.delivery import record
from chalicelib.delivery.handover import JobSender
from chalicelib.delivery.outbox import Box, Outbox
from chalicelib.delivery.push import Pushes
from chalicelib.delivery.recorded import RecordedPushes
from chalicelib.delivery.sending import CustomerService
from chalicelib.delivery.worker import Worker
from chalicelib.router.session import Session

from .mutants import Edit, mutant

TRUE = 'absent("nothing")'
FALSE = 'equal("nothing", 0)'
LOST = ("response:UNCONFIRMED", "request:SLOW")
STUCK = ("cold start:STALLED", "table:STALLED")
LATE = ("table:LATE", "table:UNCONFIRMED")
FAILING = ("table:REFUSED", "table:UNCONFIRMED", "response:UNCONFIRMED")
DYING = ("table:KILLED_AFTER", "api:KILLED_AFTER", "handler:KILLED_BEFORE")
TWICE = ("job twice:SLOW", "job deletion:REFUSED")


# Rules that stand twice, in the condition of a write and in what is decided before it.
_DOOR_KNOWS_THE_LATEST = Edit(
    RecordedPushes._again, " or (found.answer and found.answering_arrival > routed.arrival)", ""
)
_WORKER_KNOWS_THE_LATEST = Edit(
    Worker._take, " or (known.answer and known.answering_arrival > job.arrival)", ""
)
_WORKER_KNOWS_THE_DONE = Edit(Worker._take, "known.delivered or ", "")
_ANY_ARRIVAL = Edit(record.take, 'at_most("answering_arrival", arrival)', TRUE)

WRITES = (
    mutant("claim: only what nobody knows", record.claim, 'absent("owner")', TRUE),
    mutant("claim: or what has expired", record.claim, 'at_most("expires", now)', FALSE),
    mutant(
        "claim: the arrival is mine",
        record.claim,
        '"answering_arrival": arrival',
        '"answering_arrival": QUEUE',
    ),
    mutant(
        "answer: mine",
        record.answer,
        'equal("owner", owner)',
        TRUE,
        weather=(*LATE, "kind:session", "api:KILLED_AFTER"),
    ),
    mutant("answer: ends the lease", record.answer, '"lease": 0.0, ', "", weather=FAILING),
    mutant(
        "late answer: mine",
        record.answer_late,
        'equal("owner", owner)',
        TRUE,
        weather=(*LATE, *TWICE, "api:KILLED_AFTER", "kind:list"),
    ),
    mutant("late answer: the queue's", record.answer_late, ', "answering_arrival": QUEUE', ""),
    mutant(
        "replay: not the queue's",
        record.replay,
        'above("answering_arrival", QUEUE)',
        TRUE,
        weather=(*STUCK, "response:UNCONFIRMED", "table:UNCONFIRMED", "kind:fast"),
    ),
    mutant(
        "replay: not before one that answered",
        record.replay,
        'at_most("answering_arrival", arrival)',
        TRUE,
        _DOOR_KNOWS_THE_LATEST,
        weather=("table:STALLED", "table:UNCONFIRMED", "response:UNCONFIRMED", "kind:fast"),
    ),
    mutant(
        "replay: the arrival is mine",
        record.replay,
        '{"answering_arrival": arrival}',
        "{}",
        weather=(*FAILING, "kind:fast"),
    ),
    mutant("hand: unanswered", record.hand, 'equal("answer", NO_ANSWER)', TRUE, weather=STUCK),
    mutant(
        "hand: what runs too long is the queue's",
        RecordedPushes._take_over,
        "self._table.write(record.hand(routed.identity))",
        "pass",
        Edit(RecordedPushes._run_and_record, "self._is_late(routed, patience) or", ""),
        weather=("response:UNCONFIRMED", "cold start:SLOW", "handlers:SLOW", "kind:fast"),
    ),
    mutant("wait: only the first", record.wait, 'equal("waited", value=False)', TRUE),
    mutant("wait: marks", record.wait, '{"waited": True}', "{}"),
    mutant(
        "take: undelivered",
        record.take,
        'equal("delivered", value=False)',
        TRUE,
        _WORKER_KNOWS_THE_DONE,
    ),
    mutant("take: what is delivered is done", Worker._take, "known.delivered or ", ""),
    mutant("take: the lease is honoured", record.take, 'at_most("lease", now)', TRUE),
    mutant(
        "take: not after the lease only", record.take, 'at_most("lease", now)', FALSE, weather=DYING
    ),
    mutant("take: from the sender at once", record.take, 'equal("owner", sender)', FALSE),
    mutant(
        "take: unanswered, whoever may answer",
        record.take,
        'equal("answer", NO_ANSWER)',
        FALSE,
        weather=(*FAILING, "handler:KILLED_BEFORE"),
    ),
    mutant(
        "take: not what was answered after the job",
        record.take,
        'at_most("answering_arrival", arrival)',
        TRUE,
        _WORKER_KNOWS_THE_LATEST,
        weather=FAILING,
    ),
    mutant(
        "take: what was answered after the job is done",
        Worker._take,
        " or (known.answer and known.answering_arrival > job.arrival)",
        "",
        weather=FAILING,
    ),
    mutant(
        "take: what was answered before the job",
        record.take,
        'at_most("answering_arrival", arrival)',
        FALSE,
        weather=FAILING,
    ),
    mutant("take: the owner is me", record.take, '"owner": owner, ', ""),
    mutant("take: for as long as I live", record.take, '"lease": lease', '"lease": now'),
    mutant(
        "take: the queue's, for good",
        record.take,
        '"answering_arrival": QUEUE, ',
        "",
        weather=("response:UNCONFIRMED", "table:UNCONFIRMED", "cold start:SLOW"),
    ),
    mutant(
        "keep: mine",
        record.keep,
        'equal("owner", owner)',
        TRUE,
        weather=(*LATE, "api:KILLED_AFTER", "kind:series"),
    ),
    mutant(
        "sent: never back",
        record.sent,
        'at_most("sent", parts)',
        TRUE,
        weather=(*LATE, "api:HANGING", "kind:series"),
    ),
    mutant("sent: counted", record.sent, '{"sent": parts, ', "{"),
    mutant("sent: delivered", record.sent, '"delivered": last', '"delivered": False'),
    mutant("give back: mine", record.give_back, 'equal("owner", owner)', TRUE, weather=LATE),
    mutant("give back: ends the lease", record.give_back, '"lease": 0.0, ', ""),
)

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
    mutant("session: unchanged", Session.writes, 'equal("version", self._version)', TRUE),
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

MUTANTS = (*WRITES, *DOOR, *WORKER, *SESSION, *PASSIVE)

SPARE = (
    # An answer is never taken away, and the door replays only what it has seen answered.
    mutant("replay: answered", record.replay, 'above("answer", NO_ANSWER)', TRUE),
    # It would set to 0 what is 0.
    mutant("hand: not the queue's", record.hand, 'above("answering_arrival", QUEUE)', TRUE),
    # Whoever waits looks before they stay silent.
    mutant("wait: unanswered", record.wait, 'equal("answer", NO_ANSWER)', TRUE),
    # 0 is no later than any arrival.
    mutant("take: the queue's", record.take, 'equal("answering_arrival", QUEUE)', FALSE),
    # A part that is said to have left has left, whoever says it.
    mutant("sent: mine", record.sent, 'equal("owner", owner)', TRUE, weather=LATE),
    # Only workers find an empty outbox, and a user has one at a time.
    mutant("outbox: still nothing there", Box.kept, 'absent("version")', TRUE),
    # Each of these two does for the other: whoever is late finds that the push was handed over, or
    # that it is the queue's anyhow.
    mutant(
        "a late answer is the queue's",
        RecordedPushes._run_and_record,
        "self._is_late(routed, patience) or",
        "",
    ),
    mutant(
        "hand: before the job",
        RecordedPushes._take_over,
        "self._table.write(record.hand(routed.identity))",
        "pass",
    ),
)
"""What can be broken without harm, and why: it is there to be read, or to spare a step."""
