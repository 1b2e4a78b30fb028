"""What each kind of push costs on this machine: our own time, and the calls that it makes.

    one round    a push of a new user on each kind of route, and its job where it becomes one

Own time is the time of a processor, so what else this machine does counts little. What goes on
beside a handler is left out, typing and holding the job: other threads do it, and nothing waits.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter, process_time
from typing import Any

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text

from .. import mounted
from ..calls import Call, caught
from ..events import Fresh, LambdaContext
from ..queued import Queued

KINDS = ("idempotent", "recorded", "slow", "stream")
JOBS = ("slow", "stream")
PARTS = 4
"""Messages of a stream."""
BESIDE = {"/cgi-bin/message/custom/typing", "ChangeMessageVisibility"}
"""Calls that other threads make."""
SEND = "/cgi-bin/message/custom/send"

router = Router("crowd")


@router.on(TextMessage, content=re.compile("idempotent.*"), idempotent=True)
def idempotent(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(TextMessage, content=re.compile("recorded.*"))
def recorded(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(TextMessage, content=re.compile("slow.*"), slow=True)
def slow(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(TextMessage, content=re.compile("stream.*"), slow=True, stream=True)
def stream(message: TextMessage, ctx: Context) -> Iterator[Reply]:
    for number in range(PARTS):
        yield Text(f"{number}")


ROUTES = Routes(router)


@dataclass(frozen=True, slots=True)
class Work:
    """What one function does for one push: seconds of a processor, and the names of its calls.

    `first` is how many of the calls are made until the first text has left, and `writes` how many
    units of a table's writes they take: one for each item, two within a transaction.
    """

    own: float
    calls: tuple[str, ...]
    first: int = 0
    writes: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """Work at the door and in the worker by kind, and a cold start in seconds."""

    door: Mapping[str, Work]
    worker: Mapping[str, Work]
    cold_start: float


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of a function, in seconds of the clock and of a processor."""

    seconds: float
    own: float
    calls: Sequence[Call]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(call.name for call in self.calls)


def measure(stage: Queued, rounds: int, cold_start: float) -> Measured:
    """Measures all kinds, so many times each."""
    for kind in KINDS:  # the first ones connect, read the secrets, and fetch a token
        pushed(stage, kind)
    samples = [{kind: pushed(stage, kind) for kind in KINDS} for _ in range(rounds)]
    door = {kind: work([each[kind][0] for each in samples]) for kind in KINDS}
    worker = {kind: work([each[kind][1] for each in samples]) for kind in JOBS}
    return Measured(door, worker, cold_start)


def medians(samples: Iterable[Sample]) -> dict[str, float]:
    """Seconds of each call, by name."""
    calls = [call for sample in samples for call in sample.calls]
    names = {call.name for call in calls}
    return {name: median(c.seconds for c in calls if c.name == name) for name in names}


def work(samples: Sequence[Sample]) -> Work:
    """What is the same in all samples. Raises AssertionError if they made different calls."""
    names = {each.names for each in samples}
    if len(names) != 1:
        raise AssertionError(f"the same push made different calls: {sorted(names)}")
    (calls,) = names
    first = calls.index(SEND) + 1 if SEND in calls else len(calls)
    writes = max(sum(_writes(call) for call in each.calls) for each in samples)
    return Work(median(each.own for each in samples), calls, first, writes)


def _writes(call: Call) -> int:
    if call.name == "TransactWriteItems":
        return 2 * len(call.arguments["TransactItems"])
    return int(call.name == "UpdateItem")


def pushed(stage: Queued, kind: str, fresh: Fresh | None = None) -> tuple[Sample, ...]:
    """What a push does at the door, and its job in the worker if it becomes one."""
    fresh = fresh or Fresh.make(stage.deployment.account, kind)
    stage.wechat.arrived(fresh.push)
    door = timed(mounted.app, fresh.event())
    if kind not in JOBS:
        return (door,)
    (event,) = stage.received(1)
    return door, timed(mounted.worker, event)


def timed(function: Any, event: dict[str, Any]) -> Sample:
    """Runs a function as Lambda does."""
    context = LambdaContext()
    with caught() as calls:
        start, worked = perf_counter(), process_time()
        function(event, context)
        seconds, own = perf_counter() - start, process_time() - worked
    return Sample(seconds, own, [call for call in calls if call.name not in BESIDE])
