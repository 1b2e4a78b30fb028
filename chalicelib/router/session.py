"""A small dict per user that is kept between their pushes: the state of a conversation.

It is read at first use and written in one transaction with the answer, so a push that is answered
again does not count twice. When two pushes of a user change it at the same time, their changes are
merged key by key; only a key that both of them changed is a conflict.
"""

import json
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from .. import formats
from ..conditions import Item, absent, any_of, at_most, equal
from ..ports import Table, Write
from ..wechat import plain_json

FORMAT = 1
KEPT = 24 * 3600
"""Seconds for which a session is kept after its last write."""
NOTHING_THERE = 0.0
"""The version of a session that was never written, or has expired."""


class SessionConflict(Exception):
    """Two pushes of a user changed the same key of their session at the same time."""


class Session(MutableMapping[str, Any]):
    """The session of the user `openid`; its values must fit into JSON."""

    def __init__(self, table: Table, openid: str, clock: Callable[[], float]) -> None:
        self._table = table
        self.key = f"session#{openid}"
        self._clock = clock
        self._version = NOTHING_THERE
        self._written = "{}"
        self._loaded: dict[str, Any] | None = None

    def __getitem__(self, name: str) -> Any:
        return self._data[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._data[name] = value

    def __delitem__(self, name: str) -> None:
        del self._data[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def writes(self) -> list[Write]:
        """The write that stores the changes; none if there are none."""
        if self._loaded is None:
            return []
        data = plain_json.stored(self._loaded)
        if data == self._written:
            return []
        now = self._clock()
        unchanged = equal("version", self._version)
        nothing_there = any_of(absent("version"), at_most("expires", now))
        return [
            Write(
                self.key,
                nothing_there if self._version == NOTHING_THERE else unchanged,
                {
                    "data": data,
                    "version": self._version + 1,
                    "expires": now + KEPT,
                    "format": FORMAT,
                },
            )
        ]

    def rebase(self, found: Item | None, *, mine_wins: bool) -> None:
        """Lays my changes over `found`, the item that refused my write, so that it fits again.

        Raises WrittenLater; or SessionConflict for a key that both sides changed, unless
        `mine_wins`.
        """
        if self._loaded is None:
            return
        version, written = self._current(found)
        base, mine = _texts(self._written), _texts(plain_json.stored(self._loaded))
        theirs = _texts(written)
        merged = {
            name: _merged(base.get(name), mine.get(name), theirs.get(name), mine_wins=mine_wins)
            for name in {**theirs, **mine}
        }
        self._loaded = {name: json.loads(text) for name, text in merged.items() if text is not None}
        self._version, self._written = version, written

    @property
    def _data(self) -> dict[str, Any]:
        if self._loaded is None:
            self._version, self._written = self._current(self._table.get(self.key))
            self._loaded = json.loads(self._written)
        return self._loaded

    def _current(self, item: Item | None) -> tuple[float, str]:
        """The version of `item` and its data, as JSON; an expired item counts as gone."""
        if item is None or float(item["expires"]) <= self._clock():
            return NOTHING_THERE, "{}"
        formats.check(item, FORMAT)
        return float(item["version"]), str(item["data"])


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
