"""Cold starts of what ships: a new process under Lambda's runtime client, until its first answer.

    one round    each function starts, does its INIT, answers one fresh push in safe mode and
                 is ended, in a random order

Each function is the zip that Chalice's packager makes, unzipped. AWS is a MiniStack on
loopback.
"""

import json
import os
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from local.account import PARAMETER_PATH
from simulator.account import Account

from . import functions, lambda_runtime
from .comparison import Bound, Limit, Spread
from .deployment import stage
from .events import Fresh
from .lambda_runtime import ColdStart

WECHALICE = "wechalice"
CHALICE_BOTO3 = "Chalice + boto3"
USUAL_WAY = "the usual way"
EMPTY = "empty handler"
BOUNDS = (
    Bound(WECHALICE, USUAL_WAY, at_most=0.5),
    Bound(WECHALICE, CHALICE_BOTO3, at_most=0.85),
)
MOST_MEMORY, LARGEST_ZIP = 75, 8
"""In MB: the most memory it had, in units of 1024 × 1024, and the zip, in millions of bytes."""
FEWEST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class ColdStarts:
    """The cold starts of each round, by name, and the size of the zip that ships in MB."""

    rounds: Sequence[Mapping[str, ColdStart]]
    zip_size: float
    title: str = "Cold start under Lambda's runtime client, safe mode"
    rival: str = USUAL_WAY
    bounds: Sequence[Bound] = BOUNDS

    @property
    def limits(self) -> Sequence[Limit]:
        memory = self.spread(WECHALICE, "memory").median
        return (
            Limit("memory", memory, MOST_MEMORY, "MB"),
            Limit("zip", self.zip_size, LARGEST_ZIP, "MB"),
        )

    def spread(self, name: str, part: str) -> Spread:
        return Spread.of([getattr(each[name], part) for each in self.rounds])

    def times(self, name: str, rival: str) -> float:
        """The ratio of INIT and first push together, taken within each round."""
        return median(each[name].together / each[rival].together for each in self.rounds)


@dataclass(frozen=True, slots=True)
class Contender:
    """An unzipped function. If it does not echo, its answer is not checked."""

    folder: Path
    echoes: bool = True


def measure(seconds: float) -> ColdStarts:
    """Packs all functions and measures them for about so many `seconds`."""
    with TemporaryDirectory() as name, stage() as deployment:
        directory = Path(name)
        runtime = functions.runtime(directory / "runtime")
        shipped = functions.zipped(functions.sample_project(directory / "project"))
        field = _contenders(shipped, directory)
        _round(field, runtime, deployment.account)  # fills the machine's file cache
        end = time.monotonic() + seconds
        rounds: list[dict[str, ColdStart]] = []
        while time.monotonic() < end or len(rounds) < FEWEST_ROUNDS:
            rounds.append(_round(field, runtime, deployment.account))
        return ColdStarts(rounds, shipped.stat().st_size / 1_000_000)


def ours(rounds: int) -> float:
    """Seconds that a cold start of what `ops deploy` ships takes: INIT and the first push."""
    with TemporaryDirectory() as name, stage() as deployment:
        directory = Path(name)
        runtime = functions.runtime(directory / "runtime")
        shipped = functions.zipped(functions.sample_project(directory / "project"))
        function = Contender(functions.unzipped(shipped, directory / "ours", bytecode=True))
        started = [_started(function, runtime, deployment.account) for _ in range(rounds)]
    return median(each.together for each in started) / 1000


def _contenders(shipped: Path, directory: Path) -> Mapping[str, Contender]:
    usual_way = _rival("usual_way", ["wechatpy[cryptography]"], directory)
    chalice_boto3 = _rival("chalice_boto3", [], directory)
    empty = _rival("empty", [], directory)

    def unzipped(built: Path, *, bytecode: bool) -> Path:
        folder = directory / f"{built.stem}-{bytecode}"
        return functions.unzipped(built, folder, bytecode=bytecode)

    return {
        WECHALICE: Contender(unzipped(shipped, bytecode=True)),
        f"{WECHALICE}, no bytecode": Contender(unzipped(shipped, bytecode=False)),
        USUAL_WAY: Contender(unzipped(usual_way, bytecode=False)),
        f"{USUAL_WAY}, with bytecode": Contender(unzipped(usual_way, bytecode=True)),
        CHALICE_BOTO3: Contender(unzipped(chalice_boto3, bytecode=True), echoes=False),
        EMPTY: Contender(unzipped(empty, bytecode=True), echoes=False),
    }


def _rival(name: str, requirements: Sequence[str], directory: Path) -> Path:
    app = Path(__file__).parent / "cold" / f"{name}.py"
    return functions.zipped(functions.project(app, requirements, directory / name))


def _round(field: Mapping[str, Contender], runtime: Path, account: Account) -> dict[str, ColdStart]:
    """One cold start of each, by name."""
    names = random.sample(list(field), len(field))
    return {name: _started(field[name], runtime, account) for name in names}


def _started(contender: Contender, runtime: Path, account: Account) -> ColdStart:
    fresh = Fresh.make(account)
    settings = {**os.environ, "PARAMETER_PATH": PARAMETER_PATH}
    cold = lambda_runtime.started(contender.folder, runtime, settings, fresh.document)
    if contender.echoes and not fresh.is_echoed_by(json.loads(cold.answer), account):
        raise AssertionError(f"{contender.folder.name} answered {cold.answer!r}")
    return cold
