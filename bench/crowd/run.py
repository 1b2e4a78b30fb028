"""The events of a day.

a push    gateway, door: answered there, or a job in its user's line of the queue
a job     worker, one at a time for each user: takes, runs, puts, sends; what WeChat refuses
          comes again after the backend's own pauses, and is redriven when all five failed
"""

import heapq
import random
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import partial

from chalicelib.delivery.attempt import TRIES
from chalicelib.delivery.failing import PAUSES
from chalicelib.delivery.handover import DEADLINE
from chalicelib.delivery.watch import HELD_AFTER

from .assumed import CALLS, SAMPLES, Limits, Mix, Spread
from .cloud import Functions, Rate
from .day import DAY, Day
from .measured import JOBS, KINDS, SEND, Measured, Work
from .seen import Job, Seen

REQUESTS = 4
"""How often WeChat asks at most when it gets an error status, within about a second."""
AGAIN = 0.3
"""Seconds until it asks again."""
HANDED = "handed over"
"""Fast pushes whose handler was late; the worker answers them."""
FIRST_TEXT = 5.0
"""Seconds for which a stream is gathered before its first text leaves."""
REDRIVEN = 100
"""Dead letters that `dead-letters redrive --all` sends back in a second."""
LONGEST = 52.0
"""Seconds after which a handler is ended."""
MINUTES = DAY // 60


class Crowd:
    """A day's run. The same seed gives the same day."""

    def __init__(
        self,
        measured: Measured,
        day: Day,
        limits: Limits,
        mix: Mix,
        seed: int,
        calls: Mapping[str, Spread] = CALLS,
    ) -> None:
        self._draw = random.Random(seed)
        self._measured = measured
        self._day = day
        self._limits = limits
        self._samples = {name: spread.samples(self._draw) for name, spread in calls.items()}
        self._handlers = {kind: each.samples(self._draw) for kind, each in mix.handlers.items()}
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._count = 0
        self._ready: deque[Job] = deque()
        self._behind: dict[int, deque[Job]] = {}
        self._dead: dict[int, list[Job]] = {}
        self._unread = 0
        limits_a_second = {
            "gateway": limits.gateway,
            "table": limits.writes,
            "queue": limits.sends,
            "SSM": limits.reads_of_ssm,
        }
        self.seen = Seen(
            {kind: array("f") for kind in KINDS},
            {kind: array("f") for kind in KINDS},
            Functions(limits.reserved, limits.burst),
            Functions(limits.jobs_at_once, limits.burst),
            {name: Rate(limit) for name, limit in limits_a_second.items()},
        )
        names = ("pushes", "at the door", "in workers", "waiting", "slowest first text")
        self.seen.per_minute = {name: [0.0] * MINUTES for name in names}

    def run(self, pushes: Iterable[tuple[float, int, str]]) -> Seen:
        """Pushes in order: when, of which user, and of which kind; until nothing waits."""
        if self._day.rotation is not None:
            self._later(self._day.rotation, self._rotate)
        if self._day.redriven is not None:
            self._later(self._day.redriven, self._redrive)
        for at, user, kind in pushes:
            while self._events and self._events[0][0] <= at:
                self._next()
            self.seen.counts["pushes"] += 1
            self._at_minute("pushes", at, 1)
            self._asked(at, (kind, user, at, 1))
        while self._events:
            self._next()
        return self.seen

    # --- Events -------------------------------------------------------------------------------

    def _later(self, at: float, act: Callable[[float], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, act))

    def _next(self) -> None:
        at, _, act = heapq.heappop(self._events)
        act(at)

    def _rotate(self, at: float) -> None:
        """Secrets have changed; each process at the door reads them once more."""
        self._unread = self.seen.door.live

    # --- The door -----------------------------------------------------------------------------

    def _asked(self, at: float, push: tuple[str, int, float, int]) -> None:
        kind, user, came, request = push
        seen = self.seen
        seen.counts["requests"] += 1
        cold = None if seen.rates["gateway"].take(at) else seen.door.begin(at)
        if cold is None:
            if request < REQUESTS:
                again = (kind, user, came, request + 1)
                self._later(at + AGAIN, partial(self._asked, push=again))
            else:
                seen.counts["faults"] += 1
            return
        self._at_minute("at the door", at, seen.door.busy, highest=True)
        init = self._init(at) if cold else 0.0
        work = self._measured.door[kind]
        handler = 0.0 if kind in JOBS else self._of(self._handlers[kind])
        took = work.own * self._limits.slowed + self._calls(work.calls, at) + handler
        took += self._rotated(at)
        seen.works[work] += 1
        ends = at + init + took
        self._later(ends, partial(seen.door.end, took=took + init))
        if kind in JOBS:
            self._later(ends, partial(self._queued, job=Job(kind, user, came)))
        elif ends - came > DEADLINE:
            seen.counts[HANDED] += 1
            late = Job(kind, user, came, answered=True)
            self._later(ends, partial(self._queued, job=late))
        else:
            self._said(kind, came, ends, ends)

    def _init(self, at: float) -> float:
        """A cold start, with a whole processor whatever the memory; it reads the secrets."""
        self.seen.counts["reads of secrets"] += 1
        return self._measured.cold_start + self.seen.rates["SSM"].take(at)

    def _rotated(self, at: float) -> float:
        """Each process reads the secrets once more after they have changed."""
        if not self._unread:
            return 0.0
        self._unread -= 1
        self.seen.counts["reads of secrets"] += 1
        return self._calls(("GetParameters",), at) + self.seen.rates["SSM"].take(at)

    # --- Jobs ---------------------------------------------------------------------------------

    def _queued(self, at: float, job: Job) -> None:
        self.seen.counts["jobs"] += 1
        behind = self._behind.get(job.user)
        if behind is not None:
            behind.append(job)
            return
        self._behind[job.user] = deque()
        self._ready.append(job)
        self._start_jobs(at)

    def _again(self, at: float, job: Job) -> None:
        self._ready.append(job)
        self._start_jobs(at)

    def _start_jobs(self, at: float) -> None:
        seen, limit = self.seen, self._limits.jobs_at_once
        while self._ready and seen.worker.busy < limit:
            cold = seen.worker.begin(at)
            if cold is None:
                break
            self._start(self._ready.popleft(), at, cold=cold)
        if self._ready and seen.first_jobs_wait is None:
            seen.first_jobs_wait = at
        self._at_minute("waiting", at, len(self._ready), highest=True)
        self._at_minute("in workers", at, seen.worker.busy, highest=True)

    def _start(self, job: Job, at: float, *, cold: bool) -> None:
        work = self._work_of(job)
        job.tries += 1
        begins = at + (self._init(at) if cold else 0.0)
        handler = 0.0 if job.answered else self._of(self._handlers[job.kind])
        if handler > LONGEST:
            handler = LONGEST
            self.seen.counts["ended handlers"] += 1
        own = work.own * self._limits.slowed
        ends = begins + own + handler + self._calls(work.calls, begins)
        self.seen.works[work] += 1
        self.seen.counts["held"] += ends - begins > HELD_AFTER
        first = self._first_text(job, work, begins, handler, ends)
        self._later(ends, partial(self._job_ends, job=job, began=at, first=first))

    def _work_of(self, job: Job) -> Work:
        return self._measured.worker[job.kind if job.kind in JOBS else "slow"]

    def _first_text(
        self, job: Job, work: Work, begins: float, handler: float, ends: float
    ) -> float:
        """When the first text leaves: a stream's about five seconds after it begins."""
        if job.kind != "stream":
            return ends
        first = min(handler, FIRST_TEXT)
        share = work.first / len(work.calls)
        return begins + first + (ends - begins - handler) * share

    def _job_ends(self, at: float, job: Job, began: float, first: float) -> None:
        self.seen.worker.end(at, at - began)
        if self._refuses(first):
            self._refused(job, at)
        else:
            self.seen.counts["messages"] += self._work_of(job).calls.count(SEND)
            self._said(job.kind, job.at, first, at)
            for waiting in self._dead.pop(job.user, []):  # the line brings them with this one
                self._said(waiting.kind, waiting.at, at, at)
            self._goes_on(job.user, at)
        self._start_jobs(at)

    def _refuses(self, at: float) -> bool:
        outage = self._day.outage
        return outage is not None and outage[0] <= at < outage[1]

    def _refused(self, job: Job, at: float) -> None:
        """It comes again, and then is a dead letter; its user's later jobs wait behind it."""
        job.answered = True
        self.seen.counts["refused tries"] += 1
        if job.tries < TRIES:
            self._later(at + PAUSES[job.tries - 1], partial(self._again, job=job))
            return
        self.seen.counts["dead letters"] += 1
        self._dead.setdefault(job.user, []).append(job)
        self._goes_on(job.user, at)

    def _redrive(self, at: float) -> None:
        """An operator sends all dead letters back, as quickly as the command does."""
        dead, self._dead = self._dead, {}
        for number, job in enumerate(job for jobs in dead.values() for job in jobs):
            job.tries = 0
            self.seen.counts["redriven"] += 1
            self._later(at + number / REDRIVEN, partial(self._queued, job=job))

    def _goes_on(self, user: int, at: float) -> None:
        """Lets the user's next job come."""
        behind = self._behind[user]
        if behind:
            self._later(at, partial(self._again, job=behind.popleft()))
        else:
            del self._behind[user]

    # --- Time and counts ----------------------------------------------------------------------

    def _of(self, samples: list[float]) -> float:
        return samples[int(self._draw.random() * SAMPLES)]

    def _calls(self, names: tuple[str, ...], at: float) -> float:
        """Seconds that calls take one after the other, with what a limit adds."""
        seconds, rates, samples = 0.0, self.seen.rates, self._samples
        for name in names:
            seconds += samples[name][int(self._draw.random() * SAMPLES)]
            if name == "SendMessage":
                seconds += rates["queue"].take(at)
            elif name in {"UpdateItem", "TransactWriteItems"}:
                seconds += rates["table"].take(at, 1 if name == "UpdateItem" else 4)
        return seconds

    def _said(self, kind: str, came: float, first: float, whole: float) -> None:
        self.seen.counts["answers"] += 1
        self.seen.first[kind].append(first - came)
        self.seen.whole[kind].append(whole - came)
        if kind in JOBS:
            self._at_minute("slowest first text", came, first - came, highest=True)

    def _at_minute(self, name: str, at: float, value: float, *, highest: bool = False) -> None:
        minute = int(at) // 60
        if minute >= MINUTES:
            return
        row = self.seen.per_minute[name]
        if not highest:
            row[minute] += value
        elif value > row[minute]:
            row[minute] = value
