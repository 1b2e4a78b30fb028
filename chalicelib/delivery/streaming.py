"""Says what a stream yields, while its handler goes on.

    yield ──> gathered ──> put ──> sent ──> …      a part is on record before it leaves
    end   ──> the rest put, the push delivered, the session written

Strings are pieces, as a model makes them, and are gathered into messages; an empty one only lets
what is gathered leave. Any other reply is a message of its own. The user reads the first text after
about five seconds, and then ever larger ones. The last message that WeChat is likely to take waits
until it is full, or until it is known whether more is to come.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ..router.context import Said
from ..wechat.gathering import SHORT, Gathering
from ..wechat.replies import Reply
from ..wechat.xml import allowed
from .drain import Drained
from .line import Line

WAITS = (5.0, 15.0, 30.0)
"""Seconds from the push to the first text, and from each to the next; the last counts for all."""
FIRST_PIECES = 1.5
"""Seconds for which the first text grows, also when its first piece comes late."""


class Put(Protocol):
    """Puts the last of the replies into the line, as it is `known`, and returns the line.

    The others were said `before`. The stream may end with that one.
    """

    def __call__(
        self, known: Line | None, before: Said, said: Said, *, ends: bool
    ) -> Line | None: ...


class Send(Protocol):
    """Drains the line that it is given; `more` is to come, None if nobody knows yet."""

    def __call__(self, line: Line | None, *, more: bool | None, ends: bool) -> Drained: ...


@dataclass
class Streaming:
    """Says what one run of a handler yields, after what earlier runs have `said`.

    `text` makes a reply of what is gathered. Its push is likely to allow so many `messages`; the
    first one leaves at `due` (epoch seconds). Without `send`, all waits for the user's next push.
    """

    clock: Callable[[], float]
    put: Put
    send: Send | None
    gathering: Gathering
    text: Callable[[str], Reply]
    messages: int
    due: float
    said: Said
    drained: Drained
    _begun: bool = False

    def say(self, piece: Reply | str) -> None:
        """Says a reply at once, and a piece of text as soon as enough is gathered."""
        if isinstance(piece, str):
            self._gather(piece)
            return
        if _shows(rest := self.gathering.rest()):
            self._put(self.text(rest), more=True)
        self._put(piece)

    def say_gathered(self, *, whole: bool) -> None:
        """Says the sentences that are gathered, or all, because the handler does not go on."""
        text = self.gathering.rest() if whole else self.gathering.sentences()
        if text and _shows(text):
            self._put(self.text(text))

    def finish(self) -> bool:
        """Says what is left, and ends the stream with it; False if nothing is left."""
        rest = self.gathering.rest()
        if _shows(rest):
            self._put(self.text(rest), more=False, ends=True)
        return _shows(rest)

    def _gather(self, piece: str) -> None:
        self.gathering.add(piece)
        if piece and not self._begun:
            self._begun, self.due = True, max(self.due, self.clock() + FIRST_PIECES)
        while (text := self.gathering.full()) is not None:
            self._put(self.text(text), more=True)
        if self.send and (text := self._ready()):
            self._put(self.text(text))

    def _ready(self) -> str | None:
        """What leaves though it does not fill a message."""
        if self.drained.waiting or self._left() <= 1:
            return None  # the last message that is likely to go must hold all that it can
        if self.clock() >= self.due:
            return self.gathering.sentences(SHORT if self.said else 0)
        return None if self.said else self.gathering.paragraph()

    def _left(self) -> int:
        """How many messages are likely to go, as far as we know."""
        line = self.drained.line
        return self.messages - line.used if line and self.send else self.messages

    def _put(self, reply: Reply, *, more: bool | None = None, ends: bool = False) -> None:
        before, self.said = self.said, Said((*self.said, reply))
        line = self.put(self.drained.line, before, self.said, ends=ends)
        if self.send:
            self.drained = self.drained.and_then(self.send(line, more=more, ends=ends))
        self.due = self.clock() + WAITS[min(len(self.said), len(WAITS) - 1)]


def _shows(text: str) -> bool:
    """Whether WeChat would show anything of it."""
    return bool(allowed(text).strip())
