"""The workers of one queue: processes that stand by, and do the jobs that it hands out."""

import json
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from chalicelib.delivery.drain import LOOK
from chalicelib.delivery.record import LEASE
from chalicelib.delivery.worker import Worker
from chalicelib.users.effects import EFFECTS
from tests.fake_queue import FakeJob

from .account import Account, Handling
from .happenings import Work
from .kernel import Kernel, Killed, Process
from .ports import Jobs, NetworkedTable
from .story import Story
from .weather import Fate, Weather

T = TypeVar("T")

WORKER_SECONDS = 60.0
LONG_SECONDS = 900.0
"""How long a function may run that does long jobs."""
LATER = 2.0
"""Seconds by which Lambda may end a process later than it says."""


class Starting:
    """How processes begin, and when they are ended."""

    def __init__(self, kernel: Kernel, weather: Weather, account: Account) -> None:
        self._kernel = kernel
        self._weather = weather
        self._account = account

    def process(self, name: str, push: int, run: Callable[[], None]) -> Handling:
        process = Handling(self._kernel, name, run)
        process.account, process.push = self._account, push
        return process

    def cold(self, made: T) -> T:
        match self._weather.fate("cold start"):
            case Fate.FINE:
                seconds = self._weather.between(0.1, 0.3)
            case Fate.SLOW:
                seconds = self._weather.between(0.5, 3)
            case _:
                seconds = self._weather.between(3, 13)
        Process.current().delay += seconds
        self._kernel.sleep(seconds)
        return made

    def limited(self, seconds: float) -> float:
        """Ends this process after `seconds`; returns until when it may hold a lease."""
        late = self._weather.between(0, LATER)
        self._kernel.after(seconds + late, partial(self._out_of_time, Process.current()))
        return self._kernel.now + seconds + LEASE

    @staticmethod
    def _out_of_time(process: Process) -> None:
        process.out_of_time = not process.ended
        process.kill()


class Workers:
    """Those of the function that does the `jobs`, long or not."""

    def __init__(
        self,
        kernel: Kernel,
        weather: Weather,
        story: Story,
        table: NetworkedTable,
        jobs: Jobs,
        starting: Starting,
        new: Callable[[], Worker],
    ) -> None:
        self._kernel = kernel
        self._weather = weather
        self._story = story
        self._table = table
        self._jobs = jobs
        self._starting = starting
        self._new = new
        self._standing_by: list[Worker] = []
        self._working = 0
        self.long = jobs.queue.visibility == LONG_SECONDS
        self.passive = False
        jobs.changed = self.poll_in

    def replace(self) -> None:
        """New processes take the place of those that stand by."""
        self._standing_by = []

    def poll_in(self, seconds: float) -> None:
        self._kernel.after(seconds + self._weather.between(0.001, 0.05), self._poll)

    def _poll(self) -> None:
        while self._working < self._weather.workers:
            message = self._jobs.queue.receive()
            if message is None:
                return
            self._hand_out(message)
            self.poll_in(self._jobs.queue.visibility)
            if self._weather.fate("job twice") is not Fate.FINE:
                later = self._weather.between(0, 10)
                self._kernel.after(later, partial(self._hand_out, message))
        self._story.crowded.append(self._kernel.now)

    def _hand_out(self, message: FakeJob) -> None:
        self._working += 1
        push = self._story.push_of(message.body)
        job = len(self._story.jobs) - 1 - self._story.jobs[::-1].index(message.body)
        self._story.tell("queue", f"hands out job {job} of push {push}, try {message.tries}")
        name = f"worker {push}/{len(self._story.works) + 1}"
        process = self._starting.process(name, push, lambda: self._work(message, work))
        body = json.loads(message.body)
        work = Work(
            push,
            body["openid"],
            job,
            body["route"] == EFFECTS,
            not body["push"],
            message.tries,
            self._kernel.now,
            process,
            long=self.long,
        )
        self._story.works.append(work)
        self._story.facts[process] = work
        waits = self._weather.between(0.005, 50 if self._weather.throttled else 0.05)
        self._kernel.after(waits, process.wake)

    def _work(self, message: FakeJob, work: Work) -> None:
        work.passive, standing_by = self.passive, self._standing_by
        try:
            worker = standing_by.pop() if standing_by else self._starting.cold(self._new())
            job, work.begun = self._jobs.given_out(message), self._kernel.now
            lease = self._starting.limited(LONG_SECONDS if self.long else WORKER_SECONDS)
            done = worker.work(job, lease).done
            line = self._table.stored(f"waiting#{work.user}") or {"holder": ""}
            work.left_hold = bool(line["holder"]) and line["holder"] == Process.current().owner
            if done:
                self._delete(message)
            else:
                work.failed = True
                self._look_at(work, json.loads(message.body)["identity"])
            standing_by.append(worker)
        except Killed:
            work.killed = True
            self._story.cut_off(Process.current())
        work.ended = self._kernel.now
        self._working -= 1
        self.poll_in(0)

    def _look_at(self, work: Work, identity: str) -> None:
        """The record, as a worker left it that failed."""
        item = self._table.stored(f"push#{identity}")
        if item is None or float(item.get("expires", 0)) < self._kernel.now:
            return
        held = float(item["lease"]) > self._kernel.now
        work.left_lease = held and item["owner"] == Process.current().owner
        line = self._table.stored(f"waiting#{work.user}") or {"until": 0.0}
        changed = self._story.changed.get(f"push#{identity}", 0.0)
        held_until = max(float(item["lease"]), float(line["until"]), changed)
        if work.cause == "Busy" and held_until < self._kernel.now - 2 * LOOK:
            work.in_vain = "though nobody held its push"

    def _delete(self, message: FakeJob) -> None:
        if self._weather.fate("job deletion") is Fate.FINE:
            self._jobs.queue.delete(message)
