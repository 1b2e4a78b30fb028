"""The users who can hold the phone: a few from the start, those that are added, and those of a
replay, who leave with it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.events import USER

_REPLAYS = "oSimulated_replay_"


@dataclass(frozen=True, slots=True)
class Person:
    """One user. `follows` says whether they follow the account at first."""

    openid: str
    name: str
    follows: bool = False


class People:
    """Users in the order in which they were added."""

    def __init__(self, added: Sequence[Person] = ()) -> None:
        self.added = list(added)
        self._replaying: list[Person] = []
        prefix = USER.removesuffix("1")
        self._first = [
            Person(USER, "小明", follows=True),
            Person(f"{prefix}2", "Alice", follows=True),
            Person(f"{prefix}3", "王芳"),
        ]

    @property
    def all(self) -> list[Person]:
        return [*self._first, *self.added, *self._replaying]

    def add(self, name: str) -> Person:
        """Adds a user, who does not follow the account yet."""
        person = Person(f"oSimulated_{secrets.token_hex(8)}", name)
        self.added.append(person)
        return person

    def add_for_replay(self, name: str, *, follows: bool) -> Person:
        """Adds a user who does what the user of that name did."""
        openid = f"{_REPLAYS}{secrets.token_hex(8)}"
        person = Person(openid, f"▶ {name}", follows)
        self._replaying.append(person)
        return person

    def end_replay(self) -> None:
        """Removes the users of the replay."""
        self._replaying.clear()

    def has_left(self, openid: str) -> bool:
        """Whether it was a user of a replay that has ended."""
        return openid.startswith(_REPLAYS) and all(each.openid != openid for each in self.all)
