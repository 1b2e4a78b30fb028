"""Seeded runs of the real code in a world that fails, and what breaks when a rule is broken.

When code changes, other seeds fail for a broken rule: `python -m tests.simulation --find`
looks for them and writes seeds.json.
"""

import gc
import weakref

import pytest

from .mutants import Mutant
from .rules import MUTANTS, SPARE
from .search import failures, first_failing, known_seeds
from .world import World

SEEDS = 1000
SEARCHED = 300
"""Seeds after the known one among which a broken rule must show."""


@pytest.mark.parametrize("first", range(0, SEEDS, 250))
def test_seeds_pass(first: int) -> None:
    failed = {seed: wrong for seed in range(first, first + 250) if (wrong := failures(seed))}
    assert not failed, "replay one with python -m tests.simulation --seed N --trace"


def test_a_seed_tells_the_same_story_each_time() -> None:
    stories = []
    for _ in range(2):
        world = World(12, telling=True)
        world.run()
        stories.append(world.story.told)
    assert stories[0] == stories[1]
    assert stories[0]


def test_runs_leave_nothing_in_memory() -> None:
    def run(seed: int) -> weakref.ref[World]:
        world = World(seed)
        world.run()
        return weakref.ref(world)

    runs = [run(seed) for seed in range(100)]
    gc.collect()
    assert not any(world() for world in runs)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.rule)
def test_a_broken_rule_shows(mutant: Mutant) -> None:
    known = known_seeds()[mutant.rule]
    assert first_failing(mutant, range(known, known + SEARCHED)), (
        "python -m tests.simulation --find"
    )


@pytest.mark.parametrize("mutant", SPARE, ids=lambda mutant: mutant.rule)
def test_a_spare_rule_does_not_show(mutant: Mutant) -> None:
    assert first_failing(mutant, range(100)) is None


def test_rules_have_names_of_their_own() -> None:
    rules = [mutant.rule for mutant in (*MUTANTS, *SPARE)]
    assert len(set(rules)) == len(rules)
