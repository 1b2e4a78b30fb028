"""Runs of many seeds, and the first of them that a mutant fails."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from .checks import problems
from .mutants import Mutant, broken
from .world import World

KNOWN = Path(__file__).with_name("seeds.json")
"""For each mutant, a seed that failed when it was last looked for."""


def failures(seed: int, favoured: Sequence[str] = ()) -> list[str]:
    """What is wrong with the run of a seed."""
    world = World(seed, favoured)
    world.run()
    return problems(world)


def first_failing(mutant: Mutant, seeds: Iterable[int]) -> tuple[int, list[str]] | None:
    """The first seed that fails with the rule broken, and how; None if all pass."""
    with broken(mutant):
        for seed in seeds:
            if wrong := failures(seed, mutant.weather):
                return seed, wrong
    return None


def known_seeds() -> dict[str, int]:
    known: dict[str, int] = json.loads(KNOWN.read_text())
    return known
