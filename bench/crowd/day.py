"""Who writes when: the days that `--day` knows."""

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

HOUR = 3600
DAY = 24 * HOUR
HOURS = (
    *(0.5, 0.3, 0.2, 0.1, 0.1, 0.2, 0.5, 0.9, 1.2, 1.3, 1.3, 1.4),
    *(1.6, 1.4, 1.2, 1.2, 1.2, 1.3, 1.5, 1.8, 2.0, 1.9, 1.4, 0.8),
)
"""How much is written in each hour of China's day, compared with the others."""
RAMP, FADES = 600, 900
"""Seconds in which a broadcast reaches everybody, and after which interest falls to a third."""
KINDS_DRAWN = 100_000
HOT_USERS, HOT_SHARE = 0.01, 0.2
"""One user in a hundred writes a fifth of all."""


@dataclass(frozen=True, slots=True)
class Day:
    """What happens, in seconds since midnight; `share` of all pushes answer the broadcast."""

    broadcast: float | None = None
    share: float = 0.0
    rotation: float | None = None
    outage: tuple[float, float] | None = None
    redriven: float | None = None

    def weights(self) -> list[float]:
        """The part of a day's pushes that comes in each second."""
        usual = [HOURS[second // HOUR] for second in range(DAY)]
        share = 0.0 if self.broadcast is None else self.share
        weights = _summing_to(1 - share, usual)
        if self.broadcast is None:
            return weights
        after = [_interest(second - self.broadcast) for second in range(DAY)]
        peak = _summing_to(share, after)
        return [one + other for one, other in zip(weights, peak, strict=True)]


DAYS = {
    "quiet": Day(),
    "campaign": Day(
        broadcast=20 * HOUR,
        share=0.3,
        rotation=14 * HOUR,
        outage=(11 * HOUR, 12 * HOUR),
        redriven=12 * HOUR + 600,
    ),
}
"""A campaign: a rotation, an hour in which WeChat refuses messages, and a broadcast at eight."""


def _summing_to(whole: float, values: list[float]) -> list[float]:
    factor = whole / sum(values)
    return [value * factor for value in values]


def _interest(seconds: float) -> float:
    if seconds < 0:
        return 0.0
    if seconds < RAMP:
        return seconds / RAMP
    return math.exp(-(seconds - RAMP) / FADES)


def arrivals(
    day: Day, pushes: int, users: int, shares: Mapping[str, float], draw: random.Random
) -> Iterator[tuple[float, int, str]]:
    """When somebody writes, in order, who (numbers from 0), and on which kind of route."""
    hot = max(1, int(users * HOT_USERS))
    kinds = draw.choices(list(shares), list(shares.values()), k=KINDS_DRAWN)
    for second, weight in enumerate(day.weights()):
        count = _poisson(pushes * weight, draw)
        for at in sorted(draw.random() for _ in range(count)):
            crowd = hot if draw.random() < HOT_SHARE else users
            kind = kinds[int(draw.random() * KINDS_DRAWN)]
            yield second + at, int(draw.random() * crowd), kind


def _poisson(mean: float, draw: random.Random) -> int:
    if mean > 50:
        return max(0, round(draw.gauss(mean, math.sqrt(mean))))
    count, product, limit = 0, draw.random(), math.exp(-mean)
    while product > limit:
        count, product = count + 1, product * draw.random()
    return count
