"""What is not ours: latencies of calls, limits of a region, and what handlers take.

Latencies are of calls within a region, as CloudWatch commonly shows them, and of WeChat from
outside China; nobody promises them. `--call NAME=MILLISECONDS` changes a median. Limits are AWS's
default quotas: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
"""

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

NORMAL_99 = 2.326
"""How many standard deviations above the mean one in a hundred lies."""
SAMPLES = 4096


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds: the median, and what one in a hundred exceeds; lognormal between them."""

    median: float
    p99: float

    def samples(self, draw: random.Random) -> list[float]:
        """Seconds, as often as they occur."""
        sigma = math.log(self.p99 / self.median) / NORMAL_99
        return [self.median / 1000 * math.exp(draw.gauss(0, sigma)) for _ in range(SAMPLES)]

    def at(self, median: float) -> "Spread":
        """As wide, around another median."""
        return Spread(median, median * self.p99 / self.median)


CALLS: Mapping[str, Spread] = {
    "UpdateItem": Spread(6, 25),
    "TransactWriteItems": Spread(14, 60),
    "GetItem": Spread(4, 20),
    "SendMessage": Spread(9, 45),
    "GetParameters": Spread(15, 80),
    "/cgi-bin/message/custom/send": Spread(90, 600),
}
"""By the name of the call."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Of a region, and of the stage's configuration.

    Requests and calls are a second; `burst` is how many functions start in ten seconds. A table
    takes `writes` at first, and twice its peak of the half an hour before.
    """

    gateway: int = 5000
    reserved: int = 200
    jobs_at_once: int = 200
    burst: int = 1000
    writes: int = 4000
    sends: int = 3000
    reads_of_ssm: int = 40
    memory: int = 512
    """MB of each function; one with 1769 MB has a whole processor."""

    @property
    def slowed(self) -> float:
        """How many times as long our own work takes as with a whole processor."""
        return max(1.0, 1769 / self.memory)


@dataclass(frozen=True, slots=True)
class Mix:
    """How pushes are shared among kinds of routes, and what their handlers take."""

    shares: Mapping[str, float] = field(
        default_factory=lambda: {"idempotent": 0.42, "recorded": 0.38, "slow": 0.15, "stream": 0.05}
    )
    handlers: Mapping[str, Spread] = field(
        default_factory=lambda: {
            "idempotent": Spread(2, 15),
            "recorded": Spread(40, 400),
            "slow": Spread(2000, 12000),
            "stream": Spread(20000, 45000),
        }
    )
