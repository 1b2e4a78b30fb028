"""The users who can hold the phone: a few from the start, and those that are added."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.events import USER


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
        prefix = USER.removesuffix("1")
        self._first = [
            Person(USER, "小明", follows=True),
            Person(f"{prefix}2", "Alice", follows=True),
            Person(f"{prefix}3", "王芳"),
        ]

    @property
    def all(self) -> list[Person]:
        return [*self._first, *self.added]

    def add(self, name: str) -> Person:
        """Adds a user, who does not follow the account yet."""
        person = Person(f"oSimulated_{secrets.token_hex(8)}", name)
        self.added.append(person)
        return person
