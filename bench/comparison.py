"""Numbers of several contenders, measured in turns, and what may be concluded from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of many samples, and the quartiles around it: half of the samples lie within."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, samples: Sequence[float]) -> "Spread":
        return cls(*quantiles(samples, n=4))


@dataclass(frozen=True, slots=True)
class Bound:
    """A promise: `name` costs `at_most` this many times what `rival` costs."""

    name: str
    rival: str
    at_most: float
    aim: float | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A promise without a rival: `what` is `at_most` so many of its `unit`."""

    what: str
    value: float
    at_most: float
    unit: str


class Judged(Protocol):
    """A measurement that promises something."""

    @property
    def title(self) -> str: ...

    @property
    def bounds(self) -> Sequence[Bound]: ...

    @property
    def limits(self) -> Sequence[Limit]: ...

    def times(self, name: str, rival: str) -> float:
        """How many times what `rival` costs `name` does."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each contender needed in each round, by name."""

    title: str
    rounds: Sequence[Mapping[str, float]]
    rivals: Sequence[str]
    bounds: Sequence[Bound]
    limits: Sequence[Limit] = ()

    def cost(self, name: str) -> Spread:
        return Spread.of([each[name] for each in self.rounds])

    def ratio(self, name: str, rival: str) -> Spread:
        """Taken within each round, where both had the same machine."""
        return Spread.of([each[name] / each[rival] for each in self.rounds])

    def times(self, name: str, rival: str) -> float:
        return self.ratio(name, rival).median


@dataclass(frozen=True, slots=True)
class Latencies:
    """Milliseconds that each contender took, turn by turn, by name; who is held against whom."""

    title: str
    samples: Mapping[str, Sequence[float]]
    rivals: Mapping[str, str]
    bounds: Sequence[Bound]
    limits: Sequence[Limit] = ()

    def median(self, name: str) -> float:
        return median(self.samples[name])

    def slowest(self, name: str) -> float:
        """What only one turn in a hundred exceeds."""
        return quantiles(self.samples[name], n=100)[-1]

    def times(self, name: str, rival: str) -> float:
        return self.median(name) / self.median(rival)
