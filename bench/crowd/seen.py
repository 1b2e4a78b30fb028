"""What became of a day, and of each job in it."""

from array import array
from collections import Counter
from dataclasses import dataclass, field

from .cloud import Functions, Rate
from .measured import Work


@dataclass(slots=True)
class Job:
    """A push in the queue, which came at `at`."""

    kind: str
    user: int
    at: float
    tries: int = 0
    answered: bool = False


@dataclass
class Seen:
    """What became of the day."""

    first: "dict[str, array[float]]"
    whole: "dict[str, array[float]]"
    door: Functions
    worker: Functions
    rates: dict[str, Rate]
    works: Counter[Work] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    per_minute: dict[str, list[float]] = field(default_factory=dict)
    first_jobs_wait: float | None = None

    @property
    def calls(self) -> Counter[str]:
        """How often each call was made."""
        made = Counter({"GetParameters": self.counts["reads of secrets"]})
        for work, often in self.works.items():
            made.update({name: often * count for name, count in Counter(work.calls).items()})
        return made

    @property
    def writes(self) -> int:
        """Units of the table's writes."""
        return sum(work.writes * often for work, often in self.works.items())
