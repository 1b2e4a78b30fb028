"""Runs of many seeds, and the first of them that a mutant fails."""

import json
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from .checks import problems
from .mutants import Mutant, broken, watched
from .world import World

KNOWN = Path(__file__).with_name("seeds.json")
"""For each mutant, a seed that failed when it was last looked for."""


def failures(seed: int, favoured: Sequence[str] = ()) -> list[str]:
    """What is wrong with the run of a seed."""
    world = World(seed, favoured)
    world.run()
    return problems(world)


def first_failing(mutant: Mutant, seeds: Iterable[int]) -> tuple[int, list[str]] | None:
    """The first seed that fails because the rule is broken, and how; None if there is none."""
    for seed in seeds:
        with broken(mutant):
            wrong = failures(seed, mutant.weather)
        # In rare weather a check may be too strict for the whole code, too.
        if wrong and not failures(seed, mutant.weather):
            return seed, wrong
    return None


def reaching(mutants: Collection[Mutant], seeds: Iterable[int]) -> dict[str, list[int]]:
    """For each rule the seeds that run the code that its mutant edits.

    To all the others it makes no difference which code they do not run.
    """
    reached: dict[str, list[int]] = {mutant.rule: [] for mutant in mutants}
    with watched(mutants) as ran:
        for seed in seeds:
            ran.clear()
            World(seed).run()
            for rule in ran:
                reached[rule].append(seed)
    return reached


def known_seeds() -> dict[str, int]:
    known: dict[str, int] = json.loads(KNOWN.read_text())
    return known
