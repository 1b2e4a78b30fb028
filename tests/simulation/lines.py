"""What happened to users' lines in a run."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations

from chalicelib.delivery import line
from chalicelib.ports import Write

from .marks import Mark, marks, parts_in

MOST_BYTES = 20_000
"""A line holds less in a run than elsewhere, so that some get full."""

ROOM = 4400
"""Bytes that two parts may need: one that is put, and one that a reply holds."""


@dataclass(frozen=True)
class Put:
    """A part that was put into a line for the first time, by the job at this place in the queue."""

    at: float
    user: str
    mark: Mark
    job: int | None


@dataclass
class Lines:
    """The parts in each user's line, all that were ever put into one, and those that were out.

    The `lengths` of the lines count apologies, too. A line was `filled` when it was empty, or took
    over an outbox, because nobody reads both at once; some are `full`. `behind` are the parts
    before which the rest of their answer was put, and `names` says what the part of each mark is
    called.
    """

    now: dict[str, list[Mark]] = field(default_factory=dict)
    lengths: Counter[str] = field(default_factory=Counter)
    puts: list[Put] = field(default_factory=list)
    filled: dict[str, float] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    fetched: set[Mark] = field(default_factory=set)
    behind: set[Mark] = field(default_factory=set)
    names: dict[Mark, str] = field(default_factory=dict)

    def put(self, user: str) -> list[Put]:
        return [put for put in self.puts if put.user == user]

    def begin(self, user: str, parts: list[Mark]) -> None:
        """What waits since before the run."""
        self.now[user] = [*self.now.get(user, []), *parts]
        self.lengths[user] = len(self.now[user])
        self.puts += [Put(0.0, user, mark, None) for mark in parts]

    def written(self, write: Write, job: int | None, at: float) -> Iterator[str]:
        """Yields what is wrong with a line as it is now."""
        user, text = write.key.removeprefix("waiting#"), str(write.sets["parts"])
        before, after = self.now.get(user, []), marks(text)
        known = {put.mark for put in self.put(user)}
        self.puts += [Put(at, user, mark, job) for mark in after if mark not in known]
        self.fetched |= set(before) - set(after)
        self.now[user] = after
        self.lengths[user] = parts_in(text)
        if len(text.encode()) > line.MOST_BYTES - ROOM:
            self.full.add(user)
        if len(text.encode()) > line.MOST_BYTES:
            yield f"line_has_a_limit: {len(text.encode())} bytes wait for {user}"
        parts = json.loads(text)
        came = {part["name"] for part in parts} - set(self.names.values())
        if not before or any(name.startswith("outbox ") for name in came):
            self.filled[user] = at
        self.names |= {mark: part["name"] for part in parts for mark in marks(str(part["reply"]))}
        if len(parts) != len({part["name"] for part in parts}):
            yield f"line_intact: {user}'s line has a part twice"
        for one, other in combinations(after, 2):
            same_answer = (one.push, one.run) == (other.push, other.run)
            excused = one in self.fetched or other in self.behind
            if same_answer and one.part > other.part and not excused:
                yield f"part_order: {one} stands before {other} in {user}'s line"
