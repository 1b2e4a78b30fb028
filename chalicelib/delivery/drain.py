"""Sends what waits in a user's line as customer service messages, from its head.

    hold ──> ask WeChat ──> gone ──> ask … ──> nothing waits
     ^            │
     │            ├── refused for now: let go, all stays until the user's next job
     │            ├── refused for good: the message goes, or the whole line if the user is gone
     │            └── no answer: let go, the message is in doubt, and the job comes again
     └── somebody else holds it: wait in this invocation, then look again

WeChat is always asked; nothing is predicted in order to drop a message or to keep silent. It has no
idempotency key. So a message whose end is not known may be shown twice, and that is counted.

https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from .. import log
from ..api.client import Api
from ..ports import ConditionFailed, Table, Unavailable
from ..wechat import customer_service
from ..wechat.errors import ApiError, Final, MessageRefused, NotNow, Uncertain
from ..wechat.reply_json import UnknownKind
from .expected import is_expected
from .line import WRITE_TRIES, Line
from .message import Message, is_last, next_message
from .parts import Counts, identity_of

LOOK = 1.0
"""Seconds between two looks at what another process holds."""
LAST_SECONDS = 5.0
"""Seconds before a process ends in which it begins nothing any more."""
ENOUGH = 15.0
"""Seconds of a hold that must be left before WeChat is asked; its client gives up after 13."""
TYPING = 15.0
"""Seconds for which WeChat shows that an answer is being written."""
SHOWN_ALREADY = 45081
BETWEEN = 0.5
"""Seconds between two messages, because phones may show quicker ones in the wrong order."""
CONFIRMING_TRIES = 3
"""How often a write is tried before the message that has left is in doubt."""


class Busy(Exception):
    """Another process holds what is needed, or too little time is left to go on."""


class Moved(Exception):
    """Others have changed the line; it is `line` now."""

    def __init__(self, line: Line) -> None:
        super().__init__("the line has changed")
        self.line = line


class Drained(NamedTuple):
    """How many messages have left, and how many parts were dropped and still wait.

    Nothing goes to the user any more who is `gone`.
    `line` is as we leave it, None if we do not know.
    """

    sent: int = 0
    dropped: int = 0
    waiting: int = 0
    gone: bool = False
    line: Line | None = None

    def after(self, asked: "Asked") -> "Drained":
        """After one more message."""
        if asked.refusal is None:
            return self._replace(sent=self.sent + 1)
        return self._replace(dropped=self.dropped + len(asked.done), gone=asked.gone)

    def and_then(self, later: "Drained") -> "Drained":
        """After the line was drained again."""
        sent, dropped = self.sent + later.sent, self.dropped + later.dropped
        return later._replace(sent=sent, dropped=dropped)


class Asked(NamedTuple):
    """What became of a message: the parts that are done with, and why if they are lost."""

    done: tuple[str, ...]
    refusal: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One job's turn at a line.

    `me` names the process, which is killed at `ends` (epoch seconds). The job's push came at
    `arrival` (0: it is no push) and opens so many `messages`. On the `last` try an error that
    nobody knows is final for its message. `more` is to come of a stream than the line holds; None
    if nobody knows yet.
    """

    openid: str
    me: str
    ends: float
    messages: int
    last: bool
    arrival: float = 0.0
    more: bool | None = False


class Drain:
    """Sends from lines, for an account that has WeChat's customer service API."""

    def __init__(
        self,
        api: Api,
        table: Table,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._api = api
        self._table = table
        self._clock = clock
        self._sleep = sleep

    def typing(self, openid: str) -> float | None:
        """Shows the user that an answer is being written, if possible. Raises nothing.

        Returns the seconds until it should be shown again; None if WeChat would refuse that.
        """
        try:
            self._api.typing(openid)
        except (ApiError, Unavailable) as error:
            if isinstance(error, ApiError) and error.errcode == SHOWN_ALREADY:
                return LOOK
            log.write("typing could not be shown", problem=str(error))
            return None
        return TYPING

    def stop_typing(self, openid: str) -> None:
        """Shows the user that no answer is being written any more, if possible."""
        with suppress(ApiError, Unavailable):
            self._api.cancel_typing(openid)

    def drain(self, turn: Turn, line: Line | None = None) -> Drained:
        """Sends until nothing waits or WeChat refuses for now; `line` is as we left it, if we did.

        Raises Busy, ApiError, Unavailable or UnknownKind; then the job must come again.
        """
        drained = Drained()
        line = line or self._look(turn)
        while line.parts and not _keeps_back(line, turn):
            if not self._holds(line, turn):
                line = self._held(line, turn)
                continue
            if drained.sent:
                self._sleep(BETWEEN)
            message = next_message(line, turn.messages, more=self._expects_more(line, turn))
            try:
                asked = self._asked(line, message, turn)
            except NotNow as error:
                return self._waits(drained, self._let_go(line, turn), error)
            except Uncertain:
                self._let_go(line, turn, message.names)
                raise
            except Exception:
                self._let_go(line, turn)
                raise
            line = self._gone(line, asked.done, turn, asked.refusal)
            drained = drained.after(asked)
        return drained._replace(line=self._let_go(line, turn))

    def _expects_more(self, line: Line, turn: Turn) -> bool:
        """Whether more is to come than the line holds; looks only at the last likely message."""
        if turn.more is True or not is_last(line, turn.messages):
            return turn.more is True
        return is_expected(self._table, turn.openid, line.since, self._clock())

    # --- Asking WeChat ------------------------------------------------------------------------

    def _asked(self, line: Line, message: Message, turn: Turn) -> Asked:
        """Sends a message. Raises what the job must come again for, and NotNow."""
        Counts().repeated(name for name in message.names if name in line.doubt)
        try:
            self._send(line, message)
        except MessageRefused as error:
            return Asked(message.names, str(error))
        except Final as error:
            return Asked(tuple(part.name for part in line.parts), str(error), gone=True)
        except (ApiError, UnknownKind) as error:
            if turn.last and type(error) in (ApiError, UnknownKind):
                return Asked(message.names, str(error))
            raise
        return Asked(message.names)

    def _send(self, line: Line, message: Message) -> None:
        for payload in customer_service.parts(message.text or line.parts[0].reply):
            self._api.send(line.openid, payload)

    def _waits(self, drained: Drained, line: Line, error: NotNow) -> Drained:
        waiting, first = len(line.parts), line.parts[0]
        age = round((self._clock() - first.put) * 1000)
        log.write(
            "an answer waits for the user's next message",
            {"AnswerWaiting": waiting, "AnswerWaitingMilliseconds": age},
            identity=identity_of(first.name),
            reason=str(error),
        )
        return drained._replace(waiting=waiting, line=line)

    # --- Holding the line ---------------------------------------------------------------------

    def _holds(self, line: Line, turn: Turn) -> bool:
        return line.holder == turn.me and line.until - self._clock() >= ENOUGH

    def _held(self, line: Line, turn: Turn) -> Line:
        """The line, held by us unless others were quicker. Raises Busy when no time is left."""
        now = self._clock()
        if line.held_by_other(turn.me, now):
            if now + LOOK > turn.ends - LAST_SECONDS:
                raise Busy
            self._sleep(LOOK)
            return self._look(turn)
        if now > turn.ends - LAST_SECONDS:
            self._let_go(line, turn)
            raise Busy
        try:
            return self._written(line, self._mine(line, turn))
        except Moved as moved:
            return moved.line

    def _gone(self, line: Line, names: tuple[str, ...], turn: Turn, refusal: str | None) -> Line:
        """The line without the parts named. Raises Unavailable, or Busy when we lost it.

        What was refused is counted once the table has answered, because the next try asks again.
        """
        counts = Counts()
        for _ in range(WRITE_TRIES):
            try:
                if refusal is None:
                    after = line.without(names).has_sent(self._clock())
                else:
                    line = self._written(line, self._mine(line, turn))
                    counts.dropped(refusal, names)
                    after = line.without(names)
                return self._written(line, self._mine(after, turn) if after.parts else after)
            except Unavailable:
                self._let_go(line, turn, names if refusal is None else ())
                raise
            except Moved as moved:
                line = moved.line
                if not any(part.name in names for part in line.parts):
                    return line
                if line.holder != turn.me:
                    break
        raise Busy

    def _mine(self, line: Line, turn: Turn) -> Line:
        line = line.asked_by(turn.arrival)
        return line.held(turn.me, self._clock(), next_message(line, turn.messages).names)

    def _let_go(self, line: Line, turn: Turn, in_doubt: tuple[str, ...] = ()) -> Line:
        """Lets others send. If that cannot be written, the hold ends by itself."""
        with suppress(Unavailable):
            for _ in range(WRITE_TRIES):
                if line.holder != turn.me:
                    break
                try:
                    return self._written(line, line.let_go(in_doubt))
                except Moved as moved:
                    line = moved.line
        return line

    def _look(self, turn: Turn) -> Line:
        return Line.look(self._table, turn.openid, self._clock())

    def _written(self, before: Line, after: Line) -> Line:
        """Raises Moved when others have changed the line, or Unavailable."""
        change = before.writes(after, self._clock())
        for attempt in range(1, CONFIRMING_TRIES + 1):
            try:
                self._table.write(*change.writes)
            except ConditionFailed as refused:
                found = before.as_found(refused.found, self._clock())
                if found.version != change.line.version:  # else an unconfirmed try was done
                    raise Moved(found) from None
            except Unavailable:
                if attempt == CONFIRMING_TRIES:
                    raise
                self._sleep(0.2)
                continue
            break
        return change.line


def _keeps_back(line: Line, turn: Turn) -> bool:
    """Whether nobody knows yet if the message must say that more of a stream is to come."""
    return turn.more is None and is_last(line, turn.messages)
