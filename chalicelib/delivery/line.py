"""The line: the parts that wait for one user, oldest first.

    put ──> 1 2 3 ──> hold ──> WeChat is asked ──> gone ──> … ──> nothing waits
                        ^                │
                        └── the user's ──┴── refused for now: let go, all stays
                            next job

Every late answer goes through the line of its user, in both modes, and nothing travels beside it.
One sender at a time holds it. Whoever takes it over from a sender that died cannot know whether
the message under way was shown, so its parts are in doubt.

A line is a value. A write that changes it fails if somebody else has changed it meanwhile.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from .. import formats
from ..conditions import Condition, Item, above, absent, all_of, any_of, at_most, equal
from ..ports import ConditionFailed, Table, Write
from ..router.session import Session
from . import outbox, parts
from .parts import Counts, Part

FORMAT = 1
KEPT = 20 * 24 * 3600
"""Seconds for which parts wait after the line's last change."""
HOLD = 30.0
"""Seconds for which a sender holds the line with each write."""
MOST_BYTES = 250_000
"""Bytes of JSON that may wait: DynamoDB takes items of at most 400 KB."""
WRITE_TRIES = 5
"""How often a write is tried when others change the line at the same time."""
NOBODY = ""


class TooLong(Exception):
    """An answer alone is longer than a line may be."""


class Cancelled(Exception):
    """The user does not want this answer any more; a stream's session is written all the same."""

    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """What waits for the user `openid`, as it was read; times in epoch seconds.

    `holder` sends the parts named in `sending` until `until`. Parts in `doubt` may have been shown
    already. `since` is the arrival of the user's latest push that a job brought, and `sent` has the
    times of the messages sent since then. The user `cancelled` the streams and long jobs of their
    pushes before that moment. Without a `version` nothing waits, as far as we know. `left_over` is
    the outbox of release 1.0.0 whose replies are among the parts, until the next write.
    """

    openid: str
    parts: tuple[Part, ...] = ()
    version: str = ""
    holder: str = NOBODY
    until: float = 0.0
    sending: tuple[str, ...] = ()
    doubt: tuple[str, ...] = ()
    since: float = 0.0
    sent: tuple[float, ...] = ()
    cancelled: float = 0.0
    left_over: Item | None = None

    @property
    def key(self) -> str:
        return f"waiting#{self.openid}"

    @property
    def used(self) -> int:
        """How many of the messages that the latest push opened are used up."""
        return len(self.sent)

    @classmethod
    def look(cls, table: Table, openid: str, now: float) -> "Line":
        """The line as it is. Raises Unavailable."""
        line = cls(openid)
        return line._read(table.get(line.key), table.get(outbox.key(openid)), now)

    def as_found(self, refused: Mapping[str, Item | None], now: float) -> "Line":
        """The line after a write was refused, perhaps because others have changed it."""
        beside = refused.get(outbox.key(self.openid), self.left_over)
        if self.key in refused:
            return self._read(refused[self.key], beside, now)
        return self._with_outbox(beside, now)

    def held_by_other(self, me: str, now: float) -> bool:
        return self.holder not in (NOBODY, me) and self.until > now

    # --- How it changes -----------------------------------------------------------------------

    def put(self, own: tuple[Part, ...], counts: Counts, *, at_head: bool = False) -> "Line":
        """With the parts of an answer; when too much waits, the oldest parts go. Raises TooLong."""
        waiting = (*own, *self.parts) if at_head else (*self.parts, *own)
        while len(parts.to_json(waiting).encode()) > MOST_BYTES:
            oldest = next((part for part in waiting if part not in own), None)
            if oldest is None:
                raise TooLong
            waiting = tuple(part for part in waiting if part is not oldest)
        kept = {part.name for part in waiting}
        lost = [part.name for part in self.parts if part.name not in kept]
        counts.dropped("too much waits for this user", lost)
        return replace(self, parts=waiting)

    def asked_by(self, arrival: float) -> "Line":
        """After a push that a job brought: a later one opens new messages.

        What earlier jobs have sent since it arrived has used some of them already.
        """
        if arrival <= self.since:
            return self
        return replace(self, since=arrival, sent=tuple(at for at in self.sent if at > arrival))

    def has_sent(self, now: float) -> "Line":
        """After a message has left."""
        return replace(self, sent=(*self.sent, now))

    def held(self, me: str, now: float, sending: tuple[str, ...]) -> "Line":
        """Held by me, who sends the parts named in `sending` now."""
        return replace(
            self.taken_over(me), holder=me, until=now + HOLD, sending=sending if self.parts else ()
        )

    def taken_over(self, me: str = NOBODY) -> "Line":
        """With what another holder, which never let go, may have sent in doubt."""
        return self if self.holder in (NOBODY, me) else self.let_go(self.sending)

    def let_go(self, in_doubt: tuple[str, ...] = ()) -> "Line":
        """Held by nobody; the parts named in `in_doubt` may have been shown."""
        doubt = tuple(part.name for part in self.parts if part.name in (*self.doubt, *in_doubt))
        return replace(self, holder=NOBODY, until=0.0, sending=(), doubt=doubt)

    def without(self, names: tuple[str, ...]) -> "Line":
        """Without the parts named; held by nobody when no part is left."""
        left = replace(
            self,
            parts=tuple(part for part in self.parts if part.name not in names),
            doubt=tuple(name for name in self.doubt if name not in names),
        )
        return left if left.parts else left.let_go()

    def writes(self, after: "Line", now: float, *, asks_outbox: bool = False) -> "Change":
        """The writes that turn this line into `after`, and the line that they leave.

        `asks_outbox` makes them fail if an outbox of release 1.0.0 holds more than we know.
        """
        left = replace(after, version=secrets.token_hex(8), left_over=None)
        changes = [
            Write(
                self.key,
                self._unchanged(after.since, now),
                {
                    "parts": parts.to_json(left.parts),
                    "version": left.version,
                    "holder": left.holder,
                    "until": left.until,
                    "sending": left.sending,
                    "doubt": left.doubt,
                    "since": left.since,
                    "used": left.used,
                    "sent": tuple(map(repr, left.sent)),
                    "latest": max(left.sent, default=0.0),
                    **({"cancelled": left.cancelled} if left.cancelled else {}),
                    "expires": now + KEPT,
                    "format": FORMAT,
                },
            )
        ]
        if self.left_over is not None:
            changes.append(outbox.emptied(self.openid, self.left_over))
        elif asks_outbox:
            changes.append(outbox.still_empty(self.openid, now))
        return Change(left, tuple(changes))

    def _unchanged(self, since: float, now: float) -> Condition:
        if self.version:
            return equal("version", self.version)
        nothing_waits = equal("parts", parts.to_json(()))
        nobody_holds = equal("holder", NOBODY)
        no_later_push = at_most("since", since)
        not_cancelled_later = any_of(absent("cancelled"), at_most("cancelled", since))
        none_sent_later = any_of(absent("latest"), at_most("latest", since))
        return any_of(
            absent("version"),
            at_most("expires", now),
            all_of(
                nothing_waits, nobody_holds, no_later_push, not_cancelled_later, none_sent_later
            ),
        )

    # --- How it is read -----------------------------------------------------------------------

    def _read(self, item: Item | None, beside: Item | None, now: float) -> "Line":
        """The line in its item; an expired one counts as gone. Raises WrittenLater."""
        line = Line(self.openid)
        if item is not None and float(item["expires"]) > now:
            formats.check(item, FORMAT)
            line = Line(
                openid=self.openid,
                parts=parts.from_json(str(item["parts"])),
                version=str(item["version"]),
                holder=str(item["holder"]),
                until=float(item["until"]),
                sending=tuple(item["sending"]),
                doubt=tuple(item["doubt"]),
                since=float(item["since"]),
                sent=_sent(item),
                cancelled=float(item.get("cancelled", 0)),
            )
        return line._with_outbox(beside, now)

    def _with_outbox(self, item: Item | None, now: float) -> "Line":
        known = () if self.left_over is None else outbox.waiting(self.left_over)
        own = self.parts[len(known) :]
        if item is None or not outbox.waits(item, now):
            return replace(self, parts=own, left_over=None)
        return replace(self, parts=(*outbox.waiting(item), *own), left_over=item)


def _sent(item: Item) -> tuple[float, ...]:
    """When messages were sent; release 1.1.0 only counts them, and may have done so last."""
    times, used = tuple(map(float, item.get("sent", ()))), int(item["used"])
    return times if len(times) == used else (float(item["since"]),) * used


@dataclass(frozen=True, slots=True)
class Change:
    """The writes of a change, and the line that they leave."""

    line: Line
    writes: tuple[Write, ...]


def cancel(table: Table, clock: Callable[[], float], openid: str, arrival: float) -> None:
    """Cancels the streams and long jobs of the user's pushes before `arrival`.

    Whoever is about to put an answer finds that the line has changed. Raises Unavailable.
    """
    line, now = Line(openid), clock()
    unexpired = above("expires", now)
    not_cancelled_later = any_of(absent("cancelled"), at_most("cancelled", arrival))
    mark = Write(
        line.key,
        any_of(absent("version"), all_of(unexpired, not_cancelled_later)),
        {"cancelled": arrival, "version": secrets.token_hex(8), "expires": now + KEPT},
        defaults={
            "parts": parts.to_json(()),
            "holder": NOBODY,
            "until": 0.0,
            "sending": (),
            "doubt": (),
            "since": 0.0,
            "used": 0,
            "format": FORMAT,
        },
    )
    try:
        table.write(mark)
    except ConditionFailed as refused:
        found = line.as_found(refused.found, now)
        if found.cancelled < arrival:  # it had expired
            table.write(*found.writes(replace(found, cancelled=arrival), now).writes)


def is_cancelled(table: Table, openid: str, arrival: float) -> bool:
    """Whether the user cancelled the work of their push at `arrival`. Raises Unavailable."""
    item = table.get(Line(openid).key)
    return item is not None and float(item.get("cancelled", 0)) > arrival
