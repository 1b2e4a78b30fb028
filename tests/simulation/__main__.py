"""Runs many seeds: `python -m tests.simulation --seeds 10000`.

--from N            begins at seed N
--seed N --trace    tells the story of one seed
--mutant RULE       looks for a seed that fails when a rule is broken (a part of its name)
--find              does so for all rules, and writes seeds.json
--tasks N           lets tasks greet N followers while users chat
"""

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable

import psutil

from .campaign_report import report
from .checks import problems
from .facts import ending
from .mutants import Mutant
from .rules import MUTANTS
from .search import KNOWN, first_failing
from .world import World


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--trace", action="store_true")
    parser.add_argument("--mutant")
    parser.add_argument("--find", action="store_true")
    parser.add_argument("--tasks", type=int)
    given = parser.parse_args()
    if given.tasks:
        return report(given.tasks)
    if given.seed is not None:
        return _one(given.seed, telling=given.trace)
    seeds = range(given.first, given.first + given.seeds)
    if given.mutant:
        chosen = [mutant for mutant in MUTANTS if given.mutant in mutant.rule]
        return 0 if _found(chosen, seeds) else 1
    if given.find:
        KNOWN.write_text(json.dumps(_found(MUTANTS, seeds), indent=1, ensure_ascii=False) + "\n")
        return 0
    return _many(seeds)


def _one(seed: int, *, telling: bool) -> int:
    world = World(seed, telling=telling)
    world.run()
    for line in world.story.told:
        print(line)
    for push in world.pushes:
        print(f"{push.name}: {ending(world, push)}")
    wrong = problems(world)
    for each in wrong:
        print(each)
    return 1 if wrong else 0


def _many(seeds: range) -> int:
    began, failed, endings = time.monotonic(), 0, Counter[str]()
    for done, seed in enumerate(seeds, 1):
        world = World(seed)
        world.run()
        endings.update(ending(world, push) for push in world.pushes)
        if wrong := problems(world):
            failed += 1
            print(f"seed {seed} failed; python -m tests.simulation --seed {seed} --trace")
            print(*(f"    {each}" for each in wrong), sep="\n")
        if done % 1000 == 0:
            megabytes = psutil.Process().memory_info().rss / 2**20
            print(
                f"{done} seeds, {time.monotonic() - began:.0f} s, {megabytes:.1f} MiB", flush=True
            )
    print(f"{failed} of {len(seeds)} seeds failed; how the pushes ended: {dict(endings)}")
    return 1 if failed else 0


def _found(mutants: Iterable[Mutant], seeds: range) -> dict[str, int]:
    found: dict[str, int] = {}
    for mutant in mutants:
        failing = first_failing(mutant, seeds)
        if failing:
            found[mutant.rule] = failing[0]
        print(f"{mutant.rule:50} {failing or 'SURVIVES'}", flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
