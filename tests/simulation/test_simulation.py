"""Seeded runs of the real code in a world that fails, and what breaks when a rule is broken.

When code changes, other seeds fail for a broken rule: `python -m tests.simulation --find`
looks for them and writes seeds.json.
"""

import gc
import weakref
from dataclasses import dataclass

import pytest

from .checks import problems
from .mutants import Mutant
from .rules import MUTANTS, SPARE
from .search import first_failing, known_seeds, reaching
from .world import World

SEEDS = 1000
SEARCHED = 300
"""Seeds after the known one among which a broken rule must show."""


@dataclass(frozen=True)
class Runs:
    """What was wrong with each seed that failed, and all the worlds."""

    failed: dict[int, list[str]]
    worlds: list[weakref.ref[World]]


@pytest.fixture(scope="module", params=range(0, SEEDS, 250))
def runs(request: pytest.FixtureRequest) -> Runs:
    runs = Runs({}, [])
    for seed in range(request.param, request.param + 250):
        world = World(seed)
        world.run()
        runs.worlds.append(weakref.ref(world))
        if wrong := problems(world):
            runs.failed[seed] = wrong
    return runs


def test_seeds_pass(runs: Runs) -> None:
    assert not runs.failed, "replay one with python -m tests.simulation --seed N --trace"


def test_runs_leave_nothing_in_memory(runs: Runs) -> None:
    gc.collect()
    assert not any(world() for world in runs.worlds)


def test_a_seed_tells_the_same_story_each_time() -> None:
    stories = []
    for _ in range(2):
        world = World(12, telling=True)
        world.run()
        stories.append(world.story.told)
    assert stories[0] == stories[1]
    assert stories[0]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)
def test_a_broken_rule_shows(mutant: Mutant) -> None:
    known = known_seeds()[mutant.rule]
    assert first_failing(mutant, range(known, known + SEARCHED)), (
        "python -m tests.simulation --find"
    )


@pytest.fixture(scope="module")
def reached() -> dict[str, list[int]]:
    """The seeds that run the code of each spare rule; the others run as in `runs`."""
    return reaching(SPARE, range(100))


@pytest.mark.parametrize("mutant", SPARE, ids=lambda mutant: mutant.rule)
def test_a_spare_rule_does_not_show(mutant: Mutant, reached: dict[str, list[int]]) -> None:
    seeds = range(100) if mutant.weather else reached[mutant.rule]
    assert first_failing(mutant, seeds) is None


def test_rules_have_names_of_their_own() -> None:
    rules = [mutant.rule for mutant in (*MUTANTS, *SPARE)]
    assert len(set(rules)) == len(rules)
