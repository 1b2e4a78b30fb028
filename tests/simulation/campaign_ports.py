"""What the functions of a campaign reach: the table, the queues, WeChat's API, each with trouble.

Trouble strikes tasks alone, so that chats can be compared with and without them. It may refuse a
call, lose its confirmation, or end the process before or after it. Calls to the table and the queue
fail at most twice in a row.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from chalicelib.conditions import Item
from chalicelib.ports import NewJob, Unavailable, Upload, Write
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.errors import TryLater, Uncertain
from tests.fake_queue import FakeJob, FakeQueue
from tests.fakes import FakeTable

from .kernel import Kernel, Process
from .weather import Fate

T = TypeVar("T")
IN_A_ROW = 2
FATES = (Fate.REFUSED, Fate.UNCONFIRMED, Fate.KILLED_BEFORE, Fate.KILLED_AFTER)


class Doing(Process):
    """A process that does a job; `task` is the task in it, empty if it answers a user."""

    task = ""
    failed = 0


class Trouble:
    """Lets calls take their time, and fail at a `rate`; `excused` are tasks that may run again."""

    def __init__(self, kernel: Kernel, random: Random, rate: float) -> None:
        self._kernel = kernel
        self._random = random
        self._rate = rate
        self.excused: set[str] = set()

    def call(self, effect: Callable[[], T], low: float = 0.004, high: float = 0.012) -> T:
        """A call to AWS."""
        fate, process = self._fate(low, high)
        if process.failed == IN_A_ROW and fate in (Fate.REFUSED, Fate.UNCONFIRMED):
            fate = Fate.FINE
        process.failed = process.failed + 1 if fate is not Fate.FINE else 0
        return self._made(fate, process, effect, Unavailable())

    def api_call(self, effect: Callable[[], T]) -> T:
        """A call to WeChat; one that may have been done may be made again."""
        fate, process = self._fate(0.05, 0.15)
        if fate is Fate.UNCONFIRMED:
            self.excused.add(process.task)
        busy = TryLater(-1, "busy") if fate is Fate.REFUSED else Uncertain(0, "no answer")
        return self._made(fate, process, effect, busy)

    def _fate(self, low: float, high: float) -> tuple[Fate, Doing]:
        process = Process.current()
        assert isinstance(process, Doing)
        self._kernel.sleep(self._random.uniform(low, high))
        if process.task and self._random.random() < self._rate:
            return self._random.choice(FATES), process
        return Fate.FINE, process

    def _made(self, fate: Fate, process: Doing, effect: Callable[[], T], error: Exception) -> T:
        if fate is Fate.REFUSED:
            raise error
        if fate is Fate.KILLED_BEFORE:
            self._kill(process)
        result = effect()
        if fate is Fate.UNCONFIRMED:
            raise error
        if fate is Fate.KILLED_AFTER:
            self._kill(process)
        return result

    def _kill(self, process: Doing) -> None:
        self.excused.add(process.task)
        process.die()


@dataclass(frozen=True)
class TroubledTable:
    table: FakeTable
    trouble: Trouble

    def get(self, key: str) -> Item | None:
        return self.trouble.call(lambda: self.table.get(key))

    def write(self, *writes: Write) -> Item:
        return self.trouble.call(lambda: self.table.write(*writes))


@dataclass(frozen=True)
class TroubledQueue:
    """A queue; `changed` is told in how many seconds a job may be visible."""

    queue: FakeQueue
    trouble: Trouble
    changed: Callable[[float], None]

    def send(self, body: str, group: str, deduplication: str) -> None:
        self.trouble.call(lambda: self.queue.send(body, group, deduplication))
        self.changed(0)

    def send_batch(self, jobs: Sequence[NewJob]) -> Sequence[NewJob]:
        left = self.trouble.call(lambda: self.queue.send_batch(jobs), 0.01, 0.03)
        self.changed(0)
        return left

    def hold(self, job: FakeJob, seconds: float) -> None:
        self.trouble.call(lambda: job.hold(seconds))
        self.changed(seconds)


@dataclass(frozen=True)
class GivenOut:
    """A job as a process got it."""

    queue: TroubledQueue
    job: FakeJob

    @property
    def body(self) -> str:
        return self.job.body

    @property
    def tries(self) -> int:
        return self.job.tries

    def hold(self, seconds: float) -> None:
        self.queue.hold(self.job, seconds)


class CampaignApi:
    """WeChat's API: implements `ports.Transport`, and keeps what users read.

    `greeted` has the keys of the template messages that WeChat took, by user; `read` when each user
    read an answer; `calls` counts calls by the second. It takes so many messages `a_minute`.
    """

    def __init__(
        self,
        kernel: Kernel,
        trouble: Trouble,
        followers: Sequence[str],
        page: int,
        a_minute: float,
    ) -> None:
        self._kernel = kernel
        self._trouble = trouble
        self._followers = followers
        self._place = {openid: number for number, openid in enumerate(followers, 1)}
        self._page = page
        self._a_minute = a_minute
        self._in_minute: Counter[float] = Counter()
        self.greeted: defaultdict[str, list[str]] = defaultdict(list)
        self.read: dict[str, float] = {}
        self.calls: Counter[int] = Counter()
        self.last_greeting = 0.0

    def request(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | Upload | None = None
    ) -> ApiResponse:
        assert not isinstance(body, Upload)
        fields: Mapping[str, Any] = json.loads(body) if body else query
        answer = self._trouble.api_call(lambda: self._done(path, fields))
        return ApiResponse(200, "application/json", json.dumps(answer).encode())

    def _done(self, path: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls[int(self._kernel.now)] += 1
        match path.rpartition("/")[2]:
            case "stable_token":
                return {"access_token": "token", "expires_in": 10**9}
            case "get":
                return self._page_after(fields.get("next_openid", ""))
            case "send" if "template_id" in fields:
                return self._greets(fields["touser"], fields["client_msg_id"])
            case "send":
                self.read[fields["touser"]] = self._kernel.now
        return {"errcode": 0}

    def _greets(self, openid: str, key: str) -> Mapping[str, Any]:
        minute = self._kernel.now // 60
        if self._in_minute[minute] >= self._a_minute:
            return {"errcode": 45011, "errmsg": "too many calls"}
        self._in_minute[minute] += 1
        self.greeted[openid].append(key)
        self.last_greeting = self._kernel.now
        return {"errcode": 0, "msgid": 1}

    def _page_after(self, openid: str) -> Mapping[str, Any]:
        begin = self._place.get(openid, 0)
        page = self._followers[begin : begin + self._page]
        answer = {"total": len(self._followers), "count": len(page), "next_openid": openid}
        return {**answer, "data": {"openid": page}, "next_openid": page[-1]} if page else answer
