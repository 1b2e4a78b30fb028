"""The model beside the real backend, at a small scale: calls, jobs and messages must be equal.

The same pushes go through the door and the worker on loopback, one after the other, some of them of
users who have written before. The model is given the latencies of this machine, and no limits.
"""

import random
from collections import Counter
from dataclasses import dataclass
from statistics import quantiles

from ..events import Fresh, new_openid
from ..queued import Queued
from .assumed import Limits, Mix, Spread
from .day import Day
from .measured import KINDS, SEND, Measured, Sample, medians, pushed
from .run import Crowd

PUSHES, USERS = 60, 15
AT_ONCE = Spread(0.001, 0.002)
"""Milliseconds of a handler that returns at once."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the backend did, what the model says, and both times in milliseconds by kind."""

    real: Counter[str]
    modelled: Counter[str]
    times: dict[str, tuple[float, float, float, float]]
    """The quarters of what was measured, and the model's median."""

    @property
    def differs(self) -> list[str]:
        """What is not equal, and which times lie outside what was measured, widened by half."""
        names = sorted(self.real.keys() | self.modelled.keys())
        counts = [
            f"{name}: {self.real[name]} were made, the model says {self.modelled[name]}"
            for name in names
            if self.real[name] != self.modelled[name]
        ]
        return counts + [
            f"{kind}: {low:.1f} to {high:.1f} ms were measured, the model says {model:.1f}"
            for kind, (low, _, high, model) in self.times.items()
            if not low / 1.5 <= model <= high * 1.5
        ]


def compared(stage: Queued, measured: Measured, seed: int) -> Beside:
    """Both, for the same pushes."""
    draw = random.Random(seed)
    users = [new_openid() for _ in range(USERS)]
    day = [(draw.randrange(USERS), draw.choice(KINDS)) for _ in range(PUSHES)]
    real: Counter[str] = Counter()
    times: dict[str, list[float]] = {kind: [] for kind in KINDS}
    taken: list[Sample] = []
    for user, kind in day:
        fresh = Fresh.make(stage.deployment.account, kind, users[user])
        samples = pushed(stage, kind, fresh)
        real.update(call.name for sample in samples for call in sample.calls)
        real["jobs"] += len(samples) - 1
        taken += samples
        times[kind].append(sum(sample.seconds for sample in samples) * 1000)
    real["messages"] = real[SEND]
    return Beside(real, *_modelled(measured, day, times, medians(taken)))


def _modelled(
    measured: Measured,
    day: list[tuple[int, str]],
    times: dict[str, list[float]],
    latencies: dict[str, float],
) -> tuple[Counter[str], dict[str, tuple[float, float, float, float]]]:
    calls = {name: Spread(each * 1000, each * 1500) for name, each in latencies.items()}
    mix = Mix(handlers=dict.fromkeys(KINDS, AT_ONCE))
    limits = Limits(memory=1769)
    warm = Measured(measured.door, measured.worker, 0.0)
    calls.setdefault("GetParameters", AT_ONCE)
    crowd = Crowd(warm, Day(), limits, mix, 0, calls)
    seen = crowd.run((float(number * 10), user, kind) for number, (user, kind) in enumerate(day))
    counts = seen.calls
    del counts["GetParameters"]
    counts.update({"jobs": seen.counts["jobs"], "messages": seen.counts["messages"]})
    spread = {}
    for kind in KINDS:
        low, middle, high = quantiles(times[kind], n=4)
        taken = sorted(seen.whole[kind])
        spread[kind] = (low, middle, high, taken[len(taken) // 2] * 1000)
    return counts, spread
