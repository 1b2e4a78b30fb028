"""A late answer waits for the user's next push: accounts without the customer service API.

The worker puts it into the user's outbox, in one transaction with the record's `delivered`; the
door takes it out, in one transaction with the answer to the push that fetches it. Two texts that
fit one reply go together; else the oldest goes first, and says how many are left.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import formats, log
from ..conditions import Item, absent, any_of, at_most, equal
from ..ports import ConditionFailed, Table, Write
from ..wechat.customer_service import cut
from ..wechat.replies import TEXT_BYTES, Image, Music, News, Reply, Text, Video, Voice, fits_passive
from ..wechat.reply_json import from_json, to_json
from . import record

if TYPE_CHECKING:
    from .late import Parcel

FORMAT = 1
KEPT = 20 * 24 * 3600
"""Seconds for which an answer waits to be fetched after the last one came."""
LEFT = "还有 {} 条，回复任意内容查看"
ROOM = 64
"""UTF-8 bytes kept free for that line."""
TRIES = 5
"""How often an outbox that others write at the same time is tried."""


@dataclass(frozen=True, slots=True)
class Box:
    """What waits for one user, the oldest first, at a version."""

    key: str
    waiting: tuple[Reply, ...]
    version: float

    def kept(self, waiting: tuple[Reply, ...], now: float) -> Write:
        """The write that leaves `waiting` in it, unless it has changed since it was read."""
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
    """Late answers of accounts that can only answer pushes."""

    def __init__(self, table: Table, clock: Callable[[], float] = time.time) -> None:
        self._table = table
        self._clock = clock

    def open(self, openid: str) -> Box:
        """What waits for a user now. Raises Unavailable."""
        key = f"outbox#{openid}"
        item: Item | None = self._table.get(key)
        if item is None or float(item["expires"]) <= self._clock():
            return Box(key, (), 0.0)
        formats.check(item, FORMAT)
        return Box(key, from_json(str(item["waiting"])), float(item["version"]))

    def fetched(
        self, box: Box, own: tuple[Reply, ...]
    ) -> tuple[tuple[Reply, ...], int, list[Write]]:
        """What answers a push with the answer `own`, what is left, and the writes for it."""
        if not box.waiting:
            return own, record.NOTHING_FETCHED, []
        first, rest = _first((*box.waiting, *_one_by_one(own)))
        return (first,), len(rest), [box.kept(rest, self._clock())]

    def working(self, openid: str) -> None:
        """Nothing can show it here."""

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
    """A text that was fetched, with how many replies are left, if both fit."""
    match said:
        case (Text(content),) if left > 0:
            whole = Text(f"{content}\n\n{LEFT.format(left)}")
            return (whole,) if fits_passive(whole) else said
    return said


def _first(waiting: tuple[Reply, ...]) -> tuple[Reply, tuple[Reply, ...]]:
    """What goes now, and what is left."""
    match waiting:
        case (Text(first), Text(second)) if fits_passive(joined := Text(f"{first}\n\n{second}")):
            return joined, ()
    oldest, *rest = waiting
    return oldest, tuple(rest)


def _pieces(said: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """The answer in replies that each fit a push; what has no such form is dropped."""
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
    """News in single articles: a message may fetch them, and a reply to one shows one article."""
    for reply in said:
        if isinstance(reply, News):
            yield from map(News, reply.articles)
        else:
            yield reply
