"""Numbers of several contenders, measured in turns, and the bounds they have to keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of many samples and the quartiles around it, between which half of them lie."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> "Spread":
        return cls(*quantiles(samples, n=4))


@dataclass(frozen=True, slots=True)
class Bound:
    """A promise: `name` costs at most `at_most` times as much as `rival`."""

    name: str
    rival: str
    at_most: float
    aim: float | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A promise without a rival: `what` is at most `at_most` of its `unit`."""

    what: str
    value: float
    at_most: float
    unit: str


class Judged(Protocol):
    """A measurement with bounds to check."""

    @property
    def title(self) -> str: ...

    @property
    def bounds(self) -> Sequence[Bound]: ...

    @property
    def limits(self) -> Sequence[Limit]: ...

    def times(self, name: str, rival: str) -> float:
        """How many times as much `name` costs as `rival`."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each contender cost in each round, by name."""

    title: str
    rounds: Sequence[Mapping[str, float]]
    rivals: Sequence[str]
    bounds: Sequence[Bound]
    limits: Sequence[Limit] = ()

    def cost(self, name: str) -> Spread:
        return Spread.of([each[name] for each in self.rounds])

    def ratio(self, name: str, rival: str) -> Spread:
        """The ratio within each round, in which both had the same conditions."""
        return Spread.of([each[name] / each[rival] for each in self.rounds])

    def times(self, name: str, rival: str) -> float:
        return self.ratio(name, rival).median


@dataclass(frozen=True, slots=True)
class Latencies:
    """Milliseconds of each turn of each contender, by name, and the rival of each."""

    title: str
    samples: Mapping[str, Sequence[float]]
    rivals: Mapping[str, str]
    bounds: Sequence[Bound]
    limits: Sequence[Limit] = ()

    def median(self, name: str) -> float:
        return median(self.samples[name])

    def slowest(self, name: str) -> float:
        """The time that only one turn in a hundred exceeds."""
        return quantiles(self.samples[name], n=100)[-1]

    def times(self, name: str, rival: str) -> float:
        return self.median(name) / self.median(rival)
