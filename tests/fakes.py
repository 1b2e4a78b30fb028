"""The world in memory, behind the same ports; tests/contract holds it to what AWS does."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from chalicelib.conditions import Item, holds
from chalicelib.ports import (
    ConditionFailed,
    Function,
    Parameter,
    Unavailable,
    Upload,
    Write,
)
from chalicelib.wechat.api_responses import ApiResponse

T = TypeVar("T")


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self, now: float) -> None:
        self.now = now
        self.meanwhile: list[FakeCalls] = []
        self.raised: BaseException | None = None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Lets time pass, and what is due meanwhile happen."""
        until = self.now + seconds
        while (first := min(self.meanwhile, key=lambda each: each.due, default=None)) is not None:
            if first.due > until:
                break
            self.now = max(self.now, first.due)
            first.happen()
            if self.raised is not None:
                reason, self.raised = self.raised, None
                raise reason
        self.now = max(self.now, until)


class FakeCalls:
    """Calls beside a handler, which happen when somebody lets time pass."""

    def __init__(self, clock: Clock, call: Callable[[], float | None], after: float) -> None:
        self.due = clock.now + after
        self._clock = clock
        self._call = call
        clock.meanwhile.append(self)

    def happen(self) -> None:
        self.stop(wait=True)  # what it does may let time pass, too
        pause = self._call()
        if pause is not None:
            self.due = self._clock.now + pause
            self._clock.meanwhile.append(self)

    def stop(self, *, wait: bool) -> None:
        if self in self._clock.meanwhile:
            self._clock.meanwhile.remove(self)


class Ended(KeyboardInterrupt):
    """The process has ended itself: nothing of ours may catch it."""


class FakeProcess:
    """A process in virtual time; an interruption reaches a handler when it lets time pass."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._runs = False

    def run(self, action: Callable[[], T]) -> T:
        self._runs = True
        try:
            return action()
        finally:
            self._runs = False

    def interrupt(self, reason: BaseException) -> None:
        if self._runs:
            self._clock.raised = reason

    def beside(self, call: Callable[[], float | None], after: float) -> FakeCalls:
        return FakeCalls(self._clock, call, after)

    def end(self) -> None:
        self._clock.meanwhile.clear()
        raise Ended


class FakeParameters:
    """SSM in memory: every version is kept, and `name:N` selects one.

    Of several versions of one parameter a call answers the first alone: AWS promises no more.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._versions: dict[str, list[Parameter]] = {}
        self.reads = 0
        self.available = True
        self.nonsense = False

    def put(self, name: str, value: str) -> None:
        """What `aws ssm put-parameter --overwrite` does."""
        versions = self._versions.setdefault(name, [])
        versions.append(Parameter(name, len(versions) + 1, self._clock.now, value))

    def current(self) -> dict[str, str]:
        """The current value of each parameter."""
        return {name: versions[-1].value for name, versions in self._versions.items()}

    def remove(self, name: str) -> None:
        """What `aws ssm delete-parameter` does."""
        del self._versions[name]

    def read(self, names: Sequence[str]) -> list[Parameter]:
        self.reads += 1
        if not self.available:
            raise Unavailable("SSM is down")
        if self.nonsense:
            raise KeyError("Parameters")
        first = {name.partition(":")[0]: name for name in reversed(names)}
        return [found for name in first.values() for found in self._selected(name)]

    def _selected(self, selector: str) -> list[Parameter]:
        name, _, version = selector.partition(":")
        versions = self._versions.get(name, [])
        return versions[int(version) - 1 :][:1] if version else versions[-1:]


@dataclass(frozen=True)
class Request:
    """A request as WeChat's API gets it."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes | Upload | None

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON in its body."""
        assert isinstance(self.body, bytes)
        fields: dict[str, Any] = json.loads(self.body)
        return fields


class FakeFunction:
    """A function on Lambda, asked in JSON; `asked` has what it was asked, `reads` what only reads.

    What is in `first` happens before it answers, each once.
    """

    def __init__(self, function: Function) -> None:
        self._function = function
        self.available = True
        self.asked: list[Mapping[str, Any]] = []
        self.reads: list[bool] = []
        self.first: list[Callable[[], None]] = []

    def invoke(self, asked: Mapping[str, Any], *, reads: bool = False) -> Mapping[str, Any]:
        if self.first:
            self.first.pop(0)()
        if not self.available:
            raise Unavailable("Lambda is down")
        self.asked.append(asked)
        self.reads.append(reads)
        answered = self._function.invoke(json.loads(json.dumps(asked)))
        answer: Mapping[str, Any] = json.loads(json.dumps(answered))
        return answer


class FakeTransport:
    """WeChat's API in memory: `respond` answers each request, or raises as a transport does."""

    def __init__(self, respond: Callable[[Request], ApiResponse]) -> None:
        self.respond = respond
        self.requests: list[Request] = []

    def request(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | Upload | None = None
    ) -> ApiResponse:
        request = Request(method, path, dict(query), body)
        self.requests.append(request)
        return self.respond(request)


class FakeTable:
    """DynamoDB in memory; `reads` and `writes` count what a real table would be asked."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.reads = 0
        self.writes = 0
        self.available = True
        self.unconfirmed = 0
        """How many of the next writes happen, while whoever wrote learns of a lost connection."""
        self.lost_writes = 0
        """How many of the next ones never reach the table."""

    def get(self, key: str) -> Item | None:
        self.reads += 1
        self._check()
        return self.items.get(key)

    def write(self, *writes: Write) -> Item:
        self.writes += 1
        self._check()
        if self.lost_writes:
            self.lost_writes -= 1
            raise Unavailable("the connection was lost")
        written = self._written(writes)
        if self.unconfirmed:
            self.unconfirmed -= 1
            raise Unavailable("the connection was lost")
        return written

    def _written(self, writes: Sequence[Write]) -> Item:
        failed = {
            write.key: self.items.get(write.key)
            for write in writes
            if not holds(write.condition, self.items.get(write.key))
        }
        if failed:
            raise ConditionFailed(failed)
        for write in writes:
            before = self.items.get(write.key, {})
            sums = {name: before.get(name, 0.0) + more for name, more in write.adds.items()}
            changed = {**write.defaults, **before, **write.sets, **sums}
            self.items[write.key] = {
                name: value for name, value in changed.items() if name not in write.removes
            }
        return self.items[writes[0].key] if len(writes) == 1 else {}

    def _check(self) -> None:
        if not self.available:
            raise Unavailable("DynamoDB is down")


class FakeProfileTable(FakeTable):
    """The profiles table in memory."""

    def openid_of(self, user_id: str) -> str | None:
        self.reads += 1
        self._check()
        owners = (key for key, item in self.items.items() if item.get("user_id") == user_id)
        return next(owners, None)
