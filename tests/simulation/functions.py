"""The functions of the backend: doors that answer deliveries, workers that do jobs."""

import json
from collections.abc import Callable
from functools import partial
from typing import NoReturn, TypeVar

from chalicelib.api.client import Api
from chalicelib.credentials.app_secrets import AppSecrets
from chalicelib.delivery.drain import LOOK, Drain
from chalicelib.delivery.line import cancel
from chalicelib.delivery.push import Pushes
from chalicelib.delivery.record import LEASE
from chalicelib.delivery.runner import HandlerRunner
from chalicelib.delivery.verifier import Delivery as Request
from chalicelib.delivery.verifier import PushVerifier
from chalicelib.delivery.worker import Worker
from chalicelib.ports import Queues
from chalicelib.users.effects import EFFECTS, Effects
from chalicelib.users.profiles import Profiles
from chalicelib.wechat.envelopes import Opened
from tests.fake_queue import FakeJob, FakeQueue
from tests.fakes import FakeParameters

from .account import Account, Handling
from .crowd import Push
from .kernel import Kernel, Killed, Process
from .own_process import OwnProcess
from .ports import Ports
from .story import Story, Work
from .weather import Fate, Weather
from .wechat import Connection

T = TypeVar("T")

DOOR_SECONDS = 30.0
"""How long a function may run that answers a delivery."""
WORKER_SECONDS = 60.0
LATER = 2.0
"""Seconds by which Lambda may end a process later than it says."""


class Known(PushVerifier):
    """Every push proves itself; a body is its number."""

    def __init__(self, pushes: list[Push]) -> None:
        self._pushes = pushes

    def open(self, delivery: Request, deadline: float) -> Opened:
        return self._pushes[int(delivery.body)].opened


class Functions:
    """Doors and workers, each with the processes that stand by."""

    def __init__(
        self,
        kernel: Kernel,
        weather: Weather,
        story: Story,
        pushes: list[Push],
        queue: FakeQueue,
        ports: Ports,
        *,
        passive: bool,
    ) -> None:
        self._kernel = kernel
        self._weather = weather
        self._story = story
        self._pushes = pushes
        self._queue = queue
        self._table = ports.table
        self._jobs = ports.jobs
        self._transport = ports.transport
        self._passive = passive
        self._jobs.changed = self.poll_in
        self._account = Account(pushes, weather, self._think)
        self._account.ran = story.ran
        self._effects = Effects(Profiles(ports.profiles, kernel), proven=True)
        self._doors: list[Pushes] = []
        self._workers: list[Worker] = []
        self._working = 0
        self._parameters = FakeParameters(kernel)
        self._parameters.put("app-id", "app")
        self._parameters.put("app-secret", "secret")

    def switch(self) -> None:
        """LATE_ANSWERS changes: new processes take the place of those that stand by."""
        self._passive = not self._passive
        self._doors, self._workers = [], []
        self._story.switched = True
        self._story.tell("operator", "switches LATE_ANSWERS")

    # --- The door -----------------------------------------------------------------------------

    def delivered(self, connection: Connection) -> None:
        delivery = connection.delivery
        name = f"door {delivery.push}/{delivery.number}"
        process = self._process(name, delivery.push, lambda: self._answer(connection))
        delivery.process = process
        self._story.facts[process] = delivery
        process.wake()

    def _answer(self, connection: Connection) -> None:
        delivery, arrival = connection.delivery, self._kernel.now
        delivery.arrived, delivery.passive, doors = arrival, self._passive, self._doors
        try:
            pushes = doors.pop() if doors else self._cold(self._new_door())
            lease = self._limited(DOOR_SECONDS)
            request = Request({}, str(delivery.push).encode(), arrival, lease)
            try:
                response = pushes.answer(request)
            except Exception as error:
                self._story.problems.append(f"never_an_error: {delivery.name}: {error!r}")
                raise Killed from error
            doors.append(pushes)
            connection.answer(response)
        except Killed:
            connection.die()

    def _new_door(self) -> Pushes:
        return Pushes(
            Known(self._pushes),
            self._runner(None),
            self._table,
            Queues(self._jobs, self._jobs),
            self._effects,
            self._kernel,
            self._kernel.sleep,
            passive=self._passive,
        )

    # --- The worker ---------------------------------------------------------------------------

    def poll_in(self, seconds: float) -> None:
        self._kernel.after(seconds + self._weather.between(0.001, 0.05), self._poll)

    def _poll(self) -> None:
        while self._working < self._weather.workers:
            message = self._queue.receive()
            if message is None:
                return
            self._hand_out(message)
            self.poll_in(self._queue.visibility)
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
        process = self._process(name, push, lambda: self._work(message, work))
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
        )
        self._story.works.append(work)
        self._story.facts[process] = work
        self._kernel.after(self._weather.between(0.005, 0.05), process.wake)

    def _work(self, message: FakeJob, work: Work) -> None:
        work.passive, workers = self._passive, self._workers
        try:
            worker = workers.pop() if workers else self._cold(self._new_worker())
            job = self._jobs.given_out(message)
            done = worker.work(job, self._limited(WORKER_SECONDS)).done
            line = self._table.stored(f"waiting#{work.user}") or {"holder": ""}
            work.left_hold = bool(line["holder"]) and line["holder"] == Process.current().owner
            if done:
                self._delete(message)
            else:
                work.failed = True
                self._look_at(work, json.loads(message.body)["identity"])
            workers.append(worker)
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
            self._queue.delete(message)

    def _new_worker(self) -> Worker:
        api = Api(self._transport, AppSecrets(self._parameters, "test", self._kernel), self._kernel)
        drain = Drain(api, self._table, self._kernel, self._kernel.sleep)
        return Worker(
            self._runner(api),
            self._table,
            self._effects,
            None if self._passive else drain,
            OwnProcess(self._kernel),
            self._kernel,
            self._kernel.sleep,
        )

    # --- Both ---------------------------------------------------------------------------------

    def _runner(self, api: Api | None) -> HandlerRunner:
        return HandlerRunner(
            self._account.routes,
            self._jobs,
            self._effects.profile,
            _no_secret,
            api,
            self._kernel,
            cancel=partial(cancel, self._table, self._kernel),
        )

    def _process(self, name: str, push: int, run: Callable[[], None]) -> Handling:
        process = Handling(self._kernel, name, run)
        process.account, process.push = self._account, push
        return process

    def _cold(self, made: T) -> T:
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

    def _limited(self, seconds: float) -> float:
        """Ends this process after `seconds`; returns until when it may hold a lease."""
        late = self._weather.between(0, LATER)
        self._kernel.after(seconds + late, Process.current().kill)
        return self._kernel.now + seconds + LEASE

    def _think(self, seconds: float) -> None:
        process = Process.current()
        process.handling += seconds
        if self._weather.fate("handler") is not Fate.FINE:
            self._kernel.sleep(seconds * self._weather.random.random())
            self._story.tell(process.name, "killed in its handler")
            process.die()
        self._kernel.sleep(seconds)
        self._story.tell(process.name, f"handler took {seconds:.2f} s")


def _no_secret(name: str) -> NoReturn:
    raise LookupError(f"nobody here has a secret {name}")
