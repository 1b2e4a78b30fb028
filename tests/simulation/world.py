"""A run: one seed, one crowd, one weather, and the real code in between."""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NoReturn, TypeVar

import pytest

from chalicelib import log
from chalicelib.api.client import Api
from chalicelib.conditions import Item
from chalicelib.credentials.app_secrets import AppSecrets
from chalicelib.delivery.drain import LOOK, Drain
from chalicelib.delivery.push import Pushes
from chalicelib.delivery.record import LEASE, claim
from chalicelib.delivery.runner import HandlerRunner
from chalicelib.delivery.verifier import Delivery as Request
from chalicelib.delivery.verifier import PushVerifier
from chalicelib.delivery.worker import Worker
from chalicelib.users.effects import Effects
from chalicelib.users.profiles import Profiles
from chalicelib.wechat.envelopes import Opened
from chalicelib.wechat.replies import Text
from chalicelib.wechat.reply_json import to_json
from tests.fakes import FakeJob, FakeParameters, FakeProfileTable, FakeQueue, FakeTable

from .crowd import EARLIER, Account, Handling, Mark, Push, crowd, routes
from .kernel import Kernel, Killed, Process
from .ports import Jobs, Network, NetworkedTable
from .story import Story, Work, push_of
from .weather import Fate, Weather
from .wechat import Connection, WeChat

T = TypeVar("T")

START = 1_700_000_000.0
DOOR_SECONDS = 30.0
"""How long a function may run that answers a delivery."""
WORKER_SECONDS = 60.0


class Known(PushVerifier):
    """Every push proves itself; a body is its number."""

    def __init__(self, pushes: list[Push]) -> None:
        self._pushes = pushes

    def open(self, delivery: Request, deadline: float) -> Opened:
        return self._pushes[int(delivery.body)].opened


class World:
    """The world of one seed; `run` lets everything happen in it."""

    def __init__(self, seed: int, favoured: Sequence[str] = (), *, telling: bool = False) -> None:
        self.passive = seed % 2 == 1
        self.kernel = Kernel(START)
        self.weather = Weather(seed, favoured)
        self.story = Story(self.kernel, START, telling)
        self.pushes = crowd(self.weather, START)
        self.table = FakeTable()
        self.queue = FakeQueue(self.kernel)
        self._redriven = 0
        self._network = Network(self.kernel, self.weather, self.story)
        self._networked_table = NetworkedTable(self.table, self._network, self.story)
        self._jobs = Jobs(self.queue, self._network, self.story)
        self._jobs.changed = self._poll_in
        self._wechat = WeChat(self.kernel, self.weather, self.story, self.pushes)
        self._wechat.door = self._delivered
        self._account = Account(self.pushes, self.weather, self._think)
        profiles = Profiles(FakeProfileTable(), self.kernel)
        self._effects = Effects(profiles, proven=True)
        self._doors: list[Pushes] = []
        self._workers: list[Worker] = []
        self._parameters = FakeParameters(self.kernel)
        self._parameters.put("app-id", "app")
        self._parameters.put("app-secret", "secret")

    def run(self) -> None:
        self._leave_the_past()
        for push in self.pushes:
            self.kernel.at(push.at, partial(self._wechat.push, push))
        with _told_to(self.story):
            self.kernel.run()
            if self.weather.chance(0.3):
                self._redrive()
                self.kernel.run()

    def _leave_the_past(self) -> None:
        """Earlier conversations, and what has expired but is not removed from the table yet."""
        for user in {push.user: None for push in self.pushes}:
            expires = START + self.weather.choice((-1, 10**6, 10**6))
            kept = {"version": self.weather.choice((1.0, 3.0)), "expires": expires}
            if self.weather.chance(0.4):
                self.table.items[f"session#{user}"] = {**kept, "data": '{"seen": [-1]}'}
            if self.weather.chance(0.5):
                self.table.items[f"outbox#{user}"] = {
                    **kept,
                    "waiting": self._earlier(user, expires),
                }
        for push in self.pushes:
            if self.weather.chance(0.1):
                old = claim(push.identity, "ghost", 0, self.weather.choice((0, 1)), START)
                sets: Item = {
                    "answer": self.weather.choice(("", "[]")),
                    "delivered": self.weather.chance(0.5),
                }
                self.table.items[old.key] = {**old.sets, **sets, "expires": push.at - 1}

    def _earlier(self, user: str, expires: float) -> str:
        """What waits in an outbox since before the run."""
        waiting = [
            Mark(EARLIER, int(user[4:]), part, 2)
            for part in self.weather.choice(((), (1, 2), (1, 2)))
        ]
        self.story.earlier[user] = waiting if expires > START else []
        return to_json(Text(str(mark)) for mark in waiting)

    def _redrive(self) -> None:
        """An operator sends the dead letters again."""
        self.story.first_redriven = len(self.story.jobs)
        for body in self.queue.dead:
            self._redriven += 1
            job = json.loads(body)
            self.queue.send(body, job["openid"], f"redriven {self._redriven}")
            self.story.queued(body)
        self.queue.dead.clear()
        self._poll_in(0)

    # --- Functions ----------------------------------------------------------------------------

    def _delivered(self, connection: Connection) -> None:
        delivery = connection.delivery
        name = f"door {delivery.push}/{delivery.number}"
        process = self._process(name, lambda: self._answer(connection))
        delivery.process = process
        self.story.facts[process] = delivery
        process.wake()

    def _answer(self, connection: Connection) -> None:
        delivery, arrival = connection.delivery, self.kernel.now
        delivery.arrived = arrival
        try:
            pushes = self._doors.pop() if self._doors else self._cold(self._new_door)
            lease = self._limited(DOOR_SECONDS)
            request = Request({}, str(delivery.push).encode(), arrival, lease)
            try:
                response = pushes.answer(request)
            except Exception as error:
                self.story.problems.append(f"never_an_error: {delivery.name}: {error!r}")
                raise Killed from error
            self._doors.append(pushes)
            connection.answer(response)
        except Killed:
            connection.die()

    def _work(self, message: FakeJob, work: Work) -> None:
        try:
            worker = self._workers.pop() if self._workers else self._cold(self._new_worker)
            job = self._jobs.given_out(message)
            if worker.work(job, self._limited(WORKER_SECONDS)).done:
                self._delete(message)
            else:
                work.failed = True
                self._look_at(work)
            self._workers.append(worker)
        except Killed:
            work.killed = True
            self.story.disturbed(Process.current())
        work.ended = self.kernel.now

    def _look_at(self, work: Work) -> None:
        """The record, as a worker left it that failed."""
        item = self.table.items.get(f"push#{self.pushes[work.push].identity}")
        if item is None or float(item.get("expires", 0)) < self.kernel.now:
            return
        held = float(item["lease"]) > self.kernel.now
        work.left_lease = held and item["owner"] == Process.current().owner
        if work.cause == "Busy" and float(item["lease"]) < self.kernel.now - 2 * LOOK:
            work.in_vain = "though nobody held its push"

    def _delete(self, message: FakeJob) -> None:
        if self.weather.fate("job deletion") is Fate.FINE:
            self.queue.delete(message)
            self._poll_in(0)

    def _cold(self, new: Callable[[], T]) -> T:
        match self.weather.fate("cold start"):
            case Fate.FINE:
                seconds = self.weather.between(0.1, 0.3)
            case Fate.SLOW:
                seconds = self.weather.between(0.5, 3)
            case _:
                seconds = self.weather.between(3, 13)
        Process.current().delay += seconds
        self.kernel.sleep(seconds)
        return new()

    def _limited(self, seconds: float) -> float:
        """Ends this process after `seconds`; returns until when it may hold a lease."""
        self.kernel.after(seconds, Process.current().kill)
        return self.kernel.now + seconds + LEASE

    def _process(self, name: str, run: Callable[[], None]) -> Handling:
        process = Handling(self.kernel, name, run)
        process.account = self._account
        return process

    def _new_door(self) -> Pushes:
        return Pushes(
            Known(self.pushes),
            HandlerRunner(routes, self._jobs, self._effects.profile, _no_secret, None, self.kernel),
            self._networked_table,
            self._jobs,
            self._effects,
            self.kernel,
            self.kernel.sleep,
            passive=self.passive,
        )

    def _new_worker(self) -> Worker:
        api = Api(self._wechat, AppSecrets(self._parameters, "test", self.kernel), self.kernel)
        drain = Drain(api, self._networked_table, self.kernel, self.kernel.sleep)
        runner = HandlerRunner(
            routes, self._jobs, self._effects.profile, _no_secret, api, self.kernel
        )
        return Worker(
            runner,
            self._networked_table,
            self._effects,
            None if self.passive else drain,
            self.kernel,
            self.kernel.sleep,
        )

    def _think(self, seconds: float) -> None:
        process = Process.current()
        process.handling += seconds
        if self.weather.fate("handler") is not Fate.FINE:
            self.kernel.sleep(seconds * self.weather.random.random())
            self.story.tell(process.name, "killed in its handler")
            process.die()
        self.kernel.sleep(seconds)
        self.story.tell(process.name, f"handler took {seconds:.2f} s")

    # --- The queue hands out jobs ---------------------------------------------------------------

    def _poll_in(self, seconds: float) -> None:
        self.kernel.after(seconds + self.weather.between(0.001, 0.05), self._poll)

    def _poll(self) -> None:
        while message := self.queue.receive():
            self._hand_out(message)
            self._poll_in(self.queue.visibility)
            if self.weather.fate("job twice") is not Fate.FINE:
                later = self.weather.between(0, 10)
                self.kernel.after(later, partial(self._hand_out, message))

    def _hand_out(self, message: FakeJob) -> None:
        push = push_of(message.body)
        job = len(self.story.jobs) - 1 - self.story.jobs[::-1].index(message.body)
        self.story.tell("queue", f"hands out job {job} of push {push}, try {message.tries}")
        name = f"worker {push}/{len(self.story.works) + 1}"
        process = self._process(name, lambda: self._work(message, work))
        sender = json.loads(message.body)["sender"]
        work = Work(push, job, sender, message.tries, self.kernel.now, process)
        self.story.works.append(work)
        self.story.facts[process] = work
        self.kernel.after(self.weather.between(0.005, 0.05), process.wake)


def _no_secret(name: str) -> NoReturn:
    raise LookupError(f"nobody here has a secret {name}")


@contextmanager
def _told_to(story: Story) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "write", story.log)
        patch.setattr(secrets, "token_hex", lambda _bytes: story.new_name())
        yield
