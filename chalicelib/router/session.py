"""A small dict per user that is kept between their pushes: the state of a conversation.

It is read at first use and written in one transaction with the answer, so a push that is answered
again does not count twice. When two pushes of a user change it at the same time, their changes are
merged key by key; only a key that both of them changed is a conflict.
"""

import json
from collections.abc import Callable, Iterator, MutableMapping
from functools import partial
from typing import Any, NamedTuple

from .. import formats
from ..conditions import Item, absent, any_of, at_most, equal
from ..ports import Table, Write
from ..wechat import plain_json

FORMAT = 1
KEPT = 24 * 3600
"""Seconds for which a session is kept after its last write."""


class SessionConflict(Exception):
    """Two pushes of a user changed the same key of their session at the same time."""


class _Stored(NamedTuple):
    """A session as the table has it; version 0 was never written, or has expired."""

    version: float = 0.0
    data: str = "{}"
    state: str | None = None


class Session(MutableMapping[str, Any]):
    """The session of the user `openid`; its values must fit into JSON."""

    def __init__(self, table: Table, openid: str, clock: Callable[[], float]) -> None:
        self._table = table
        self.key = f"session#{openid}"
        self._clock = clock
        self._base = _Stored()
        self._loaded: dict[str, Any] | None = None
        self._state: str | None = None

    def __getitem__(self, name: str) -> Any:
        return self._load()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._load()[name] = value

    def __delitem__(self, name: str) -> None:
        del self._load()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._load())

    def __len__(self) -> int:
        return len(self._load())

    @property
    def state(self) -> str | None:
        """The step of the conversation, which routes may ask for; it is no key of the dict."""
        self._load()
        return self._state

    @state.setter
    def state(self, state: str | None) -> None:
        self._load()
        self._state = state

    def writes(self) -> list[Write]:
        """The write that stores the changes; none if there are none."""
        if self._loaded is None:
            return []
        data, state = plain_json.stored(self._loaded), self._state
        if (data, state) == (self._base.data, self._base.state):
            return []
        now = self._clock()
        unchanged = equal("version", self._base.version)
        nothing_there = any_of(absent("version"), at_most("expires", now))
        sets = {
            "data": data,
            "version": self._base.version + 1,
            "expires": now + KEPT,
            "format": FORMAT,
        }
        return [
            Write(
                self.key,
                unchanged if self._base.version else nothing_there,
                sets if state is None else {**sets, "state": state},
                removes=("state",) if state is None else (),
            )
        ]

    def rebase(self, found: Item | None, *, mine_wins: bool) -> None:
        """Lays my changes over `found`, the item that refused my write, so that it fits again.

        Raises WrittenLater; or SessionConflict for a key that both sides changed, unless
        `mine_wins`.
        """
        if self._loaded is None:
            return
        stored, merged = self._current(found), partial(_merged, mine_wins=mine_wins)
        base, theirs = _texts(self._base.data), _texts(stored.data)
        mine = _texts(plain_json.stored(self._loaded))
        texts = {
            name: merged(base.get(name), mine.get(name), theirs.get(name))
            for name in {**theirs, **mine}
        }
        self._state = merged(self._base.state, self._state, stored.state)
        self._loaded = {name: json.loads(text) for name, text in texts.items() if text is not None}
        self._base = stored

    def _load(self) -> dict[str, Any]:
        if self._loaded is None:
            self._base = self._current(self._table.get(self.key))
            self._loaded, self._state = json.loads(self._base.data), self._base.state
        return self._loaded

    def _current(self, item: Item | None) -> _Stored:
        """What `item` holds; an expired item counts as gone."""
        if item is None or float(item["expires"]) <= self._clock():
            return _Stored()
        formats.check(item, FORMAT)
        return _Stored(float(item["version"]), str(item["data"]), item.get("state"))


def _texts(data: str) -> dict[str, str]:
    """The values of `data` by name, each as JSON, in which True is not 1."""
    return {name: plain_json.stored(value) for name, value in json.loads(data).items()}


def _merged(
    base: str | None, mine: str | None, theirs: str | None, *, mine_wins: bool
) -> str | None:
    """What becomes of one key; None means that it is not there."""
    if mine == base:
        return theirs
    if theirs not in (base, mine) and not mine_wins:
        raise SessionConflict
    return mine
