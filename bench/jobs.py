"""What a job costs the worker: time, and calls to AWS and to WeChat's API, one job after another.

    one batch    slow pushes of new users arrive at the door and become jobs in the queue
                 the queue hands them out; the worker's function does each one, and is timed

AWS is a MiniStack, and WeChat is the simulator's API server, each a process on loopback.
"""

import gc
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text

from . import mounted
from .calls import Call, caught
from .comparison import Latencies
from .events import LambdaContext
from .queued import Queued, queued

ONE_TEXT, THREE_TEXTS = "one text", "three texts"
BATCH = 10
"""Jobs in a batch: as many as the queue hands out at a time."""

router = Router("bench")


@router.on(TextMessage, content=re.compile(f"{ONE_TEXT}.*"), slow=True)
def one_text(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(TextMessage, content=re.compile(f"{THREE_TEXTS}.*"), slow=True)
def three_texts(message: TextMessage, ctx: Context) -> Iterator[Reply]:
    for number in range(3):
        yield Text(f"{message.content} {number}")


@dataclass(frozen=True, slots=True)
class Jobs:
    """How long a job of each kind took, and which calls it made, in order."""

    latencies: Latencies
    calls: Mapping[str, Sequence[Call]]

    def per_second(self, kind: str) -> float:
        """Jobs of one kind that one thread does in a second."""
        return 1000 / fmean(self.latencies.samples[kind])


def measure(seconds: float) -> Jobs:
    """Measures both kinds of jobs for about so many `seconds`."""
    with queued(Routes(router)) as stage:
        kinds = (ONE_TEXT, THREE_TEXTS)
        for kind in kinds:  # the first jobs also connect and fetch the access token
            _batch(stage, kind)
        calls = {kind: _calls(stage, kind) for kind in kinds}
        samples: dict[str, list[float]] = {kind: [] for kind in kinds}
        gc.collect()
        gc.freeze()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for kind in kinds:
                samples[kind] += _batch(stage, kind)
        gc.unfreeze()
        stage.check_sent()
    title = "Jobs of one worker thread, with MiniStack and the simulator's API on loopback"
    return Jobs(Latencies(title, samples, {}, ()), calls)


def _batch(stage: Queued, kind: str) -> list[float]:
    """Milliseconds that each job of a new batch took."""
    return [_worked(event) for event in stage.jobs(kind, BATCH)]


def _calls(stage: Queued, kind: str) -> list[Call]:
    """The calls to AWS and WeChat that one job makes."""
    (event,) = stage.jobs(kind, 1)
    with caught() as calls:
        _worked(event)
    return calls


def _worked(event: dict[str, Any]) -> float:
    """Milliseconds that a job took. Raises JobFailed."""
    context = LambdaContext()
    start = time.perf_counter_ns()
    mounted.worker(event, context)
    return (time.perf_counter_ns() - start) / 1_000_000
