"""A campaign: a schedule starts tasks that greet all who follow, while users chat.

The real code of tasks and workers runs in virtual time. Chats go to both workers: those of slow
routes to the one that tasks never use, those of long routes to the one that they share.
"""

import json
import math
from collections.abc import Callable, Sequence
from functools import partial
from random import Random
from typing import NoReturn

import pytest

from chalicelib import log
from chalicelib.api.account_calls import DirectCalls
from chalicelib.api.client import Api
from chalicelib.credentials.app_secrets import AppSecrets
from chalicelib.delivery.drain import Drain
from chalicelib.delivery.jobs import Job
from chalicelib.delivery.record import LEASE
from chalicelib.delivery.runner import HandlerRunner
from chalicelib.delivery.starting import Starting, lanes
from chalicelib.delivery.worker import Worker
from chalicelib.router import Context, Router, Routes
from chalicelib.users.effects import Effects
from chalicelib.users.profiles import Profiles
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.templates import TemplateMessage
from chalicelib.wechat.xml import Fields
from tests.fake_queue import FakeJob, FakeQueue
from tests.fakes import FakeParameters, FakeProfileTable, FakeTable

from .campaign_ports import CampaignApi, Doing, GivenOut, Trouble, TroubledQueue, TroubledTable
from .kernel import Kernel, Killed
from .own_process import OwnProcess

START = 1_700_000_000.0
AT_ONCE = 5
"""How many jobs each worker does at once; the half of it is the tasks'."""
REPEATED = 600.0
"""Seconds after which the schedule runs once more, as EventBridge may."""
CHATS = {"slow": (2.0, 1.2), "long": (8.0, 0.1)}
"""The seconds that the handler of a chat takes, and how many chats come a second."""


class Campaign:
    """One run with `followers`, and `trouble` for so much of the calls that tasks make.

    Chats come for `chatting` seconds from the start. Followers come in pages of `page`. The long
    worker does so many jobs `at_once`, and WeChat takes so many messages `a_minute`.
    """

    def __init__(
        self,
        seed: int,
        followers: int,
        *,
        trouble: float = 0,
        chatting: float = 0,
        page: int = 50,
        at_once: int = AT_ONCE,
        a_minute: float = math.inf,
    ) -> None:
        random = Random(seed)
        self.kernel = Kernel(START)
        self.followers = [f"o{number}" for number in range(followers)]
        self.table = FakeTable()
        self.trouble = Trouble(self.kernel, random, trouble)
        self.api = CampaignApi(self.kernel, self.trouble, self.followers, page, a_minute)
        worker, long_worker = self._worker, partial(self._worker, long=True)
        self.jobs = Function(self.kernel, random, self.trouble, worker, 60, AT_ONCE)
        self.long_jobs = Function(self.kernel, random, self.trouble, long_worker, 900, at_once)
        self.waits: dict[str, list[float]] = {kind: [] for kind in CHATS}
        self._routes = _routes(self.kernel)
        self._asked: dict[str, tuple[str, float]] = {}
        self._chats(Random(seed), chatting)

    def run(self) -> None:
        for after in (0.0, REPEATED):
            process = Doing(self.kernel, "schedule", self._schedule)
            self.kernel.after(after, process.wake)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(log, "write", lambda *_, **__: None)
            self.kernel.run()
        for user, (kind, at) in self._asked.items():
            self.waits[kind].append(self.api.read[user] - at)

    @property
    def seconds(self) -> float:
        """How long it took to greet everybody."""
        return self.api.last_greeting - START

    def _schedule(self) -> None:
        self._starting().start("campaign.page", [("",)], "today")

    def _starting(self) -> Starting:
        queue, kernel = self.long_jobs.queue, self.kernel
        return Starting(self._routes, queue, lanes(AT_ONCE), kernel, kernel.sleep)

    def _chats(self, random: Random, seconds: float) -> None:
        for kind, (_, rate) in CHATS.items():
            at = random.expovariate(rate)
            while at < seconds:
                self.kernel.after(at, partial(self._asks, kind, len(self._asked)))
                self._asked[f"{kind}{len(self._asked)}"] = (kind, START + at)
                at += random.expovariate(rate)

    def _asks(self, kind: str, number: int) -> None:
        """A user writes, and the door has made a job of it."""
        user, now = f"{kind}{number}", self.kernel.now
        push: Fields = {
            "ToUserName": "account",
            "FromUserName": user,
            "CreateTime": str(int(now)),
            "MsgType": "text",
            "Content": kind,
            "MsgId": str(number + 1),
        }
        job = Job(user, user, now, "door", f"campaign.{kind}", push)
        function = self.jobs if kind == "slow" else self.long_jobs
        function.waiting.send(job.to_json(), user, user)
        function.poll_in(0)

    def _worker(self, *, long: bool = False) -> Worker:
        table, kernel = TroubledTable(self.table, self.trouble), self.kernel
        effects = Effects(Profiles(FakeProfileTable(), kernel), proven=True)
        secrets = AppSecrets(_parameters(kernel), "test", kernel)
        api = Api(DirectCalls(self.api, secrets, kernel), kernel)
        start = self._starting().start
        runner = HandlerRunner(
            self._routes, self.jobs.queue, effects.profile, _no_secret, api, kernel, start
        )
        drain = Drain(api, table, kernel, kernel.sleep)
        process, queue = OwnProcess(kernel), None if long else self.long_jobs.queue
        return Worker(
            runner, table, effects, drain, process, kernel, kernel.sleep, long_queue=queue
        )


class Function:
    """A function that does the jobs of a queue; `busiest` is how many tasks it did at once."""

    def __init__(
        self,
        kernel: Kernel,
        random: Random,
        trouble: Trouble,
        new_worker: Callable[[], Worker],
        seconds: float,
        at_once: int,
    ) -> None:
        self._kernel = kernel
        self._random = random
        self._new_worker = new_worker
        self._seconds = seconds
        self._at_once = at_once
        self._idle: list[Worker] = []
        self._under_way: list[Doing] = []
        self.busiest = 0
        self.waiting = FakeQueue(kernel, visibility=seconds)
        self.queue = TroubledQueue(self.waiting, trouble, self.poll_in)

    def poll_in(self, seconds: float) -> None:
        self._kernel.after(seconds + self._random.uniform(0.001, 0.03), self._poll)

    def _poll(self) -> None:
        while len(self._under_way) < self._at_once and (message := self.waiting.receive()):
            process = Doing(self._kernel, "worker", partial(self._work, message))
            process.task = json.loads(message.body).get("task", "")
            self._under_way.append(process)
            tasks = sum(each.task != "" for each in self._under_way)
            self.busiest = max(self.busiest, tasks)
            self._kernel.after(self._random.uniform(0.01, 0.03), process.wake)
            self.poll_in(self.waiting.visibility)

    def _work(self, message: FakeJob) -> None:
        process = Doing.current()
        assert isinstance(process, Doing)
        worker = self._idle.pop() if self._idle else self._new_worker()
        lease = self._kernel.now + self._seconds + LEASE
        try:
            if worker.work(GivenOut(self.queue, message), lease).done:
                self.waiting.delete(message)
            self._idle.append(worker)
        except Killed:
            pass
        self._under_way.remove(process)
        self.poll_in(0)


def _routes(kernel: Kernel) -> Routes:
    router = Router("campaign")

    @router.task("page")
    def page(ctx: Context, after: str) -> None:
        followers = ctx.api.followers(after)
        ctx.start_each("campaign.greet", followers.openids, identity="today")
        if followers.next_openid:
            ctx.start("campaign.page", followers.next_openid, identity="today")

    @router.task("greet")
    def greet(ctx: Context, openid: str) -> None:
        message = TemplateMessage("t", {"thing1": "早上好"}, client_msg_id=ctx.identity)
        ctx.api.send_template(openid, message)

    def answer(message: TextMessage, ctx: Context) -> str:
        kernel.sleep(CHATS[message.content][0])
        return "answer"

    for kind in CHATS:
        answer.__name__ = kind
        router.on(TextMessage, content=kind, slow=True, long=kind == "long")(answer)
    return Routes(router)


def _parameters(kernel: Kernel) -> FakeParameters:
    parameters = FakeParameters(kernel)
    parameters.put("app-id", "app")
    parameters.put("app-secret", "secret")
    return parameters


def _no_secret(name: str) -> NoReturn:
    raise LookupError(f"nobody here has a secret {name}")


def problems(campaign: Campaign) -> list[str]:
    """What is wrong with a campaign that is over."""
    greeted = campaign.api.greeted
    dead = [Job.read(body) for body in campaign.long_jobs.waiting.dead]
    in_vain = {job.task for job in dead if job.route == "campaign.greet"}
    found = []
    for openid in campaign.followers:
        keys, task = greeted.get(openid, []), json.dumps([openid])
        if not keys and task not in in_vain and len(in_vain) == len(dead):
            found.append(f"{openid} got no message")
        if len(keys) > 1 and task not in campaign.trouble.excused:
            found.append(f"{openid} got {len(keys)} messages")
        if len(set(keys)) > 1:
            found.append(f"{openid} got messages under {len(set(keys))} keys")
    if campaign.long_jobs.busiest > lanes(AT_ONCE) or campaign.jobs.busiest:
        found.append(f"{campaign.long_jobs.busiest} tasks ran at once")
    return found


def p99(values: Sequence[float]) -> float:
    """What 99 of 100 values do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * 0.99) - 1)]
