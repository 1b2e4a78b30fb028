"""A small dict per user that is kept between their pushes: the state of a conversation.

It is read at first use and written in one transaction with the answer, so a push that is answered
again does not count twice. When two pushes of a user change it at the same time, the second one
runs again, so that neither overwrites the other.
"""

import json
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

from .. import formats
from ..conditions import absent, any_of, at_most, equal
from ..ports import Table, Write
from ..wechat import plain_json

FORMAT = 1
KEPT = 24 * 3600
"""Seconds for which a session is kept after its last write."""


class Session(MutableMapping[str, Any]):
    """The session of the user `openid`; its values must fit into JSON."""

    def __init__(self, table: Table, openid: str, clock: Callable[[], float]) -> None:
        self._table = table
        self._key = f"session#{openid}"
        self._clock = clock
        self._version = 0.0
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
                self._key,
                unchanged if self._version else nothing_there,
                {
                    "data": data,
                    "version": self._version + 1,
                    "expires": now + KEPT,
                    "format": FORMAT,
                },
            )
        ]

    @property
    def _data(self) -> dict[str, Any]:
        if self._loaded is None:
            item = self._table.get(self._key)
            if item is not None and float(item["expires"]) > self._clock():
                formats.check(item, FORMAT)
                self._version = float(item["version"])
                self._written = str(item["data"])
            self._loaded = json.loads(self._written)
        return self._loaded
