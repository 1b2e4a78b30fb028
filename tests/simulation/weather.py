"""What goes wrong in a run, and how often: a matter of its seed alone.

Each run has a weather of its own: some faults come often in it, most never, and there may be no
more than a few. So among many runs there are calm ones, ones with a single fault, and storms.
"""

from collections.abc import Mapping, Sequence
from enum import Enum, auto
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Fate(Enum):
    """What becomes of one step."""

    FINE = auto()
    SLOW = auto()
    STALLED = auto()  # the process stands still for seconds before it goes on
    REFUSED = auto()  # nothing was done
    UNCONFIRMED = auto()  # it was done, but the answer was lost
    HANGING = auto()  # nothing was done, and the client waited in vain
    LATE = auto()  # likewise, but it is done after the client gave up
    KILLED_BEFORE = auto()
    KILLED_AFTER = auto()


_CALL = (
    Fate.SLOW,
    Fate.STALLED,
    Fate.REFUSED,
    Fate.UNCONFIRMED,
    Fate.HANGING,
    Fate.LATE,
    Fate.KILLED_BEFORE,
    Fate.KILLED_AFTER,
)
PLACES: Mapping[str, Sequence[Fate]] = {
    "table": _CALL,
    "queue": _CALL,
    "api": (*_CALL, Fate.UNCONFIRMED),
    "api busy": (Fate.REFUSED,),
    "api token": (Fate.REFUSED,),
    "api final": (Fate.REFUSED,),
    "api gone": (Fate.REFUSED,),
    "api closes": (Fate.REFUSED, Fate.HANGING),
    "api forbidden": (Fate.REFUSED,),
    "others": (Fate.REFUSED,),
    "profiles": (Fate.REFUSED, Fate.HANGING, Fate.UNCONFIRMED),
    "handler": (Fate.KILLED_BEFORE, Fate.KILLED_AFTER),
    "request": (Fate.SLOW, Fate.REFUSED, Fate.HANGING),
    "response": (Fate.UNCONFIRMED, Fate.KILLED_BEFORE),
    "cold start": (Fate.SLOW, Fate.STALLED),
    "job deletion": (Fate.REFUSED,),
    "job twice": (Fate.SLOW,),
}
"""Where something may go wrong, and what."""
BUDGETS = (0, 1, 2, 3, 4, 5, 6, 8, 12, 1000)
FEW = (3, 4, 5, 8)
RATES = (0.03, 0.1, 0.3)
OFTEN = (0.2, 0.4)
CATCH_ALL = ("", "", "slow", "fast", "idempotent")
"""What an account's last route may be, which takes any text."""


class Weather:
    """The weather of one seed; `random` makes all other choices of the run as well.

    If faults are `favoured`, they are the only ones; so are kinds of pushes ("kind:fast").
    LATE_ANSWERS is switched after `switched_after` seconds, if ever. WeChat's allowances are set
    back by each message, or one `adds_up` with those before. So many `workers` may run at once.
    """

    def __init__(self, seed: int, favoured: Sequence[str] = ()) -> None:
        self.random = Random(seed)
        self._budget = self.random.choice(FEW if favoured else BUDGETS)
        self.struck = 0
        self._rates = {
            place: self._rates_at(place, fates, favoured) for place, fates in PLACES.items()
        }
        self.kinds = [each.removeprefix("kind:") for each in favoured if "kind:" in each]
        self.slow_handlers = "handlers:SLOW" in favoured
        self.endless_handlers = "handlers:STALLED" in favoured
        self.much_waits = "past:SLOW" in favoured
        self.throttled = "workers:SLOW" in favoured
        self.deliveries = 4 if "deliveries:4" in favoured else self.random.choice((3, 3, 3, 4))
        self.adds_up = self.random.choice((False, True))
        self.catch_all = self.random.choice(CATCH_ALL)
        self.workers = self.random.choice((2, 5, 10))
        self.switched_after = self.between(0, 60) if self._switches(favoured) else None

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        self._budget = 0

    def _switches(self, favoured: Sequence[str]) -> bool:
        return "switch:SLOW" in favoured or self.random.random() < 0.15

    def _rates_at(
        self, place: str, fates: Sequence[Fate], favoured: Sequence[str]
    ) -> list[tuple[float, Fate]]:
        likely = {fate for fate in fates if f"{place}:{fate.name}" in favoured}
        chance = 0.0 if favoured else 0.3
        chosen = [fate for fate in fates if fate in likely or self.random.random() < chance]
        rates = OFTEN if favoured else RATES
        return [(self.random.choice(rates), fate) for fate in chosen]

    def fate(self, place: str) -> Fate:
        """What becomes of the next step at `place`."""
        if self._budget:
            for rate, fate in self._rates[place]:
                if self.random.random() < rate:
                    self._budget -= 1
                    self.struck += 1
                    return fate
        return Fate.FINE

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.random.random()

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def choice(self, options: Sequence[T]) -> T:
        return self.random.choice(options)
