"""Lets a user's pushes fetch what waits in their line, on accounts without customer service.

    answer    the handler's answer stands behind what waits; the reply holds as much of both as
              one passive reply can, and the rest goes into the line
    fetch     a push whose answer the queue will bring replies with what waits, first come first

What was fetched belongs to the connection of its push: a later delivery says it again. A push has
one reply for its connection, its answer or what was fetched, never both.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from ..conditions import holds
from ..ports import ConditionFailed, Table, Unavailable, Write
from ..router.session import Session
from ..wechat.passive import fits_passive
from ..wechat.replies import By, Reply, Text, TransferCustomerService
from ..wechat.reply_json import UnknownKind, from_json, to_json
from . import record
from .handover import DEADLINE, RoutedPush
from .line import NOBODY, WRITE_TRIES, Line
from .parts import Counts, Part, joined, parts_of
from .record import NOTHING_FETCHED, Record

LEFT = "还有 {} 条，回复“继续”查看"


FETCH_TRIES = 2
"""How often a fetch is tried that the table does not confirm."""


class Unsure(Exception):
    """Something may have been fetched, so the reply must not be `success`."""


class Spoken(NamedTuple):
    """What a reply says, and the line of what it leaves; `left` counts that if any was fetched.

    The parts named in `dropped` are lost, and those in `repeated` may have been shown already.
    """

    said: tuple[Reply, ...]
    line: Line
    left: int
    dropped: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()


class Fetch(NamedTuple):
    """A reply that may be said once the writes are done."""

    said: tuple[Reply, ...]
    writes: tuple[Write, ...]
    spoken: Spoken | None = None


class Fetching:
    """Takes parts out of lines for passive replies."""

    def __init__(self, table: Table, clock: Callable[[], float]) -> None:
        self._table = table
        self._clock = clock

    def answer(
        self, routed: RoutedPush, own: tuple[Reply, ...], *, fits: bool, session: Session
    ) -> tuple[Spoken, Record]:
        """Stores the answer behind what waits; `fits` says that one reply holds all of `own`.

        Returns the reply and the record afterwards. Raises ConditionFailed when the push is not
        ours any more, SessionConflict, or Unavailable.
        """
        counts = Counts()
        for _ in range(WRITE_TRIES):
            now = self._clock()
            line = Line.look(self._table, routed.openid, now)
            spoken = self._answered(routed, line, own, now, counts, fits=fits)
            left = spoken.left
            answer = record.answer(routed.identity, routed.owner, to_json(spoken.said), left)
            changes = () if spoken.line is line else line.writes(spoken.line, now).writes
            changes = (*changes, *session.writes())
            _count(spoken, counts)
            try:
                item = self._table.write(answer, *changes)
            except ConditionFailed as refused:
                if answer.key in refused.found:
                    raise
                if session.key in refused.found:
                    session.rebase(refused.found[session.key], mine_wins=False)
            else:
                return spoken, Record.read(self._table.get(answer.key) if changes else item)
        raise Unavailable("others changed the line each time")

    def fetch(self, routed: RoutedPush, *, redelivered: bool) -> tuple[Reply, ...]:
        """What waits, for a push whose answer the queue will bring, or has brought.

        If it was `redelivered`, an earlier delivery may have fetched something. Raises Unsure when
        it cannot be known what was fetched.
        """
        unsure, unconfirmed, failures = redelivered, False, 0
        counts = Counts()
        for _ in range(WRITE_TRIES):
            try:
                reply = self._looked(routed, redelivered=redelivered)
                if not isinstance(reply, Fetch):
                    if unconfirmed:  # it may still be done
                        break
                    return reply
                unsure = unconfirmed = True
                return self._taken(reply, counts)
            except ConditionFailed:
                unconfirmed = False
            except Unavailable:
                failures += 1
                if failures == FETCH_TRIES:
                    break
        if unsure:
            raise Unsure
        return ()

    def _looked(self, routed: RoutedPush, *, redelivered: bool) -> tuple[Reply, ...] | Fetch:
        """The reply if it needs no write, otherwise what must be written before it may be said."""
        now = self._clock()
        # The record comes first, because it alone says what an earlier delivery has fetched.
        item = self._table.get(record.key(routed.identity))
        if item is None or float(item["expires"]) <= now:
            return ()
        known = Record.read(item)
        if known.fetched is not None:
            again = record.fetch_again(routed.identity, routed.arrival)
            said = from_json(known.fetched) if holds(again.condition, item) else ()
            return Fetch(said, (again,)) if said else ()
        line = Line.look(self._table, routed.openid, now)
        spoken = _spoken(line, now)
        said = told(spoken.said, spoken.left)
        fetch = record.fetch(routed.identity, to_json(said), routed.arrival)
        late = self._clock() > min(routed.arrival + DEADLINE, routed.hangs_up)
        if not said or not holds(fetch.condition, item):
            return ()
        if late:  # an earlier delivery's fetch may still be on its way, and must not be done now
            nothing = record.fetch(routed.identity, to_json(()), routed.arrival)
            return Fetch((), (nothing,)) if redelivered else ()
        return Fetch(said, (fetch, *line.writes(spoken.line, now).writes), spoken)

    def _taken(self, fetch: Fetch, counts: Counts) -> tuple[Reply, ...]:
        if fetch.spoken:
            _count(fetch.spoken, counts)
        self._table.write(*fetch.writes)
        return fetch.said

    def _answered(
        self,
        routed: RoutedPush,
        line: Line,
        own: tuple[Reply, ...],
        now: float,
        counts: Counts,
        *,
        fits: bool,
    ) -> Spoken:
        held = line.held_by_other(NOBODY, now)
        if fits and (held or not line.parts or _is_transfer(own)):
            return Spoken(own, line, NOTHING_FETCHED)
        parts = parts_of(routed.identity, own, now, counts)
        if not held:
            return _spoken(line.put(parts, counts), now)
        spoken = _spoken(Line(line.openid).put(parts, counts), now)
        return spoken._replace(line=line.put(spoken.line.parts, counts), left=NOTHING_FETCHED)


def told(said: tuple[Reply, ...], left: int) -> tuple[Reply, ...]:
    """Adds to a text how many parts are left in the line."""
    match said:
        case (Text() as text,) if left > 0:
            return (replace(text, content=f"{text.content}\n\n{LEFT.format(left)}"),)
    return said


def _is_transfer(said: tuple[Reply, ...]) -> bool:
    """Whether the answer is for the connection alone; then it fetches nothing."""
    return len(said) == 1 and isinstance(said[0], TransferCustomerService)


def together(fetched: tuple[Reply, ...], ack: Reply) -> tuple[Reply, ...]:
    """What was fetched with the ack behind it, if one reply holds both."""
    match fetched, ack:
        case (Text() as waited,), Text() as last:
            both = Text(f"{waited.content}\n\n{last.content}", ai=waited.ai or last.ai)
            return (both,) if fits_passive(both) else fetched
    return fetched


def _spoken(line: Line, now: float) -> Spoken:
    """What one reply says of a line that nobody holds; nothing of one that somebody does."""
    if line.held_by_other(NOBODY, now):
        return Spoken((), line, NOTHING_FETCHED)
    rest = line.taken_over()
    dropped: tuple[str, ...] = ()
    while rest.parts and _passive(rest.parts[0]) is None:
        dropped = (*dropped, rest.parts[0].name)
        rest = rest.without(dropped)
    if not rest.parts:
        return Spoken((), rest if dropped else line, 0 if dropped else NOTHING_FETCHED, dropped)
    group, text = joined(rest.parts)
    reply = text or _passive(group[0])
    names = tuple(part.name for part in group)
    repeated = tuple(name for name in names if name in rest.doubt)
    after = rest.without(names)
    return Spoken((reply,) if reply else (), after, len(after.parts), dropped, repeated)


def _passive(part: Part) -> Reply | None:
    """Its reply as a passive reply; None if only a customer service message can carry it."""
    try:
        reply = part.reply
    except UnknownKind:
        return None
    inner = reply.message if isinstance(reply, By) else reply
    return inner if fits_passive(inner) else None


def _count(spoken: Spoken, counts: Counts) -> None:
    counts.dropped("only a customer service message can carry it", spoken.dropped)
    counts.repeated(spoken.repeated)
