"""Keeps late answers for the user's next push, on accounts without the customer service API.

The worker puts an answer into the user's outbox, in one transaction with the record's
`delivered`. The door takes it out, in one transaction with the answer to the push that fetches it.
Two texts that fit one reply go together. Otherwise the oldest goes first and says how many are
left.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import formats, log
from ..conditions import Item, absent, any_of, at_most, equal
from ..ports import ConditionFailed, Table, Write
from ..wechat.replies import TEXT_BYTES, Image, Music, News, Reply, Text, Video, Voice, fits_passive
from ..wechat.reply_json import from_json, to_json
from ..wechat.texts import cut
from . import record

if TYPE_CHECKING:
    from .late import Parcel

FORMAT = 1
KEPT = 20 * 24 * 3600
"""Seconds for which answers wait to be fetched after the last one came."""
LEFT = "还有 {} 条，回复任意内容查看"
ROOM = 64
"""UTF-8 bytes kept free for the line LEFT."""
TRIES = 5
"""How often a write is tried when others write the outbox at the same time."""


@dataclass(frozen=True, slots=True)
class Box:
    """The answers that wait for one user, oldest first, and the version that was read."""

    key: str
    waiting: tuple[Reply, ...]
    version: float

    def kept(self, waiting: tuple[Reply, ...], now: float) -> Write:
        """The write that leaves `waiting` in the box, unless it changed since it was read."""
        unchanged = equal("version", self.version)
        nothing_there = any_of(absent("version"), at_most("expires", now))
        return Write(
            self.key,
            unchanged if self.version else nothing_there,
            {
                "waiting": to_json(waiting),
                "version": self.version + 1,
                "expires": now + KEPT,
                "format": FORMAT,
            },
        )


class Outbox:
    """The late answers of an account that can only reply to pushes."""

    def __init__(self, table: Table, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def open(self, openid: str) -> Box:
        """Reads what waits for a user. Raises Unavailable."""
        key = f"outbox#{openid}"
        item: Item | None = self._table.get(key)
        if item is None or float(item["expires"]) <= self._clock():
            return Box(key, (), 0.0)
        formats.check(item, FORMAT)
        return Box(key, from_json(str(item["waiting"])), float(item["version"]))

    def fetched(
        self, box: Box, own: tuple[Reply, ...]
    ) -> tuple[tuple[Reply, ...], int, list[Write]]:
        """The replies to a push whose own answer is `own`, how many are left, and the writes."""
        if not box.waiting:
            return own, record.NOTHING_FETCHED, []
        first, rest = _first((*box.waiting, *_one_by_one(own)))
        return (first,), len(rest), [box.kept(rest, self._clock())]

    def working(self, openid: str) -> None:
        """Does nothing, because only the customer service API can show it."""

    def apologize(self, openid: str, apology: Reply) -> None:
        self._put(openid, _pieces((apology,)), [], first=False)

    def deliver(self, parcel: "Parcel") -> str:
        pieces = _pieces(parcel.said)
        delivered = record.sent(parcel.identity, parcel.owner, len(pieces), last=True)
        if not pieces:
            self._table.write(delivered)
            return "dropped" if parcel.said else "silent"
        self._put(parcel.openid, pieces, [delivered], first=parcel.fetched)
        return "in_outbox"

    def _put(
        self, openid: str, pieces: tuple[Reply, ...], others: list[Write], *, first: bool
    ) -> None:
        for attempt in range(1, TRIES + 1):
            box = self.open(openid)
            waiting = (*pieces, *box.waiting) if first else (*box.waiting, *pieces)
            put = box.kept(waiting, self._clock())
            try:
                self._table.write(*others, put)
            except ConditionFailed as refused:
                if attempt == TRIES or put.key not in refused.found:
                    raise
            else:
                return


def told(said: tuple[Reply, ...], left: int) -> tuple[Reply, ...]:
    """Adds to a fetched text how many replies are left, if both fit."""
    match said:
        case (Text(content),) if left > 0:
            whole = Text(f"{content}\n\n{LEFT.format(left)}")
            return (whole,) if fits_passive(whole) else said
    return said


def _first(waiting: tuple[Reply, ...]) -> tuple[Reply, tuple[Reply, ...]]:
    """The reply that goes now, and those that are left."""
    match waiting:
        case (Text(first), Text(second)) if fits_passive(joined := Text(f"{first}\n\n{second}")):
            return joined, ()
    oldest, *rest = waiting
    return oldest, tuple(rest)


def _pieces(said: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Cuts the answer into passive replies; what has no such form is dropped."""
    pieces: list[Reply] = []
    for reply in _one_by_one(said):
        match reply:
            case Text(content):
                pieces += [Text(piece) for piece in cut(content, TEXT_BYTES - ROOM)]
            case Image() | Voice() | Video() | Music() | News():
                pieces.append(reply)
            case _:
                kind = type(reply).__name__
                log.error(
                    "a reply has no late form and was dropped", {"AnswerDropped": 1}, kind=kind
                )
    return tuple(pieces)


def _one_by_one(said: tuple[Reply, ...]) -> Iterator[Reply]:
    """Splits News into single articles, because a reply to a message shows only one."""
    for reply in said:
        if isinstance(reply, News):
            yield from map(News, reply.articles)
        else:
            yield reply
