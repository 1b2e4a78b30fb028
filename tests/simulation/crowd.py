"""The users of a run, what they push, and the account that answers them.

An answer says which push it answers, out of which run of the handler, and which part of how many it
is, so that a reader knows what is missing: «3.1.2/4».
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.router import HandlerResult, Router, Routes
from chalicelib.router.context import Context
from chalicelib.wechat import parsing
from chalicelib.wechat.envelopes import Opened, identity
from chalicelib.wechat.messages import ClickEvent, TextMessage
from chalicelib.wechat.replies import Text, TransferCustomerService

from .kernel import Process
from .weather import Weather

EARLIER = 1000
"""The number of a push that came before the run."""
APOLOGY = "出了点问题"
ACK = "请稍候"
_MARK = re.compile(r"«(\d+)\.(\d+)\.(\d+)/(\d+)»")
_LINE = 1900
"""Bytes of a part of a long text: two of them fit no message."""


class HandlerFailed(Exception):
    """What a handler raises in a run."""


@dataclass(frozen=True)
class Mark:
    """What tells a part of an answer."""

    push: int
    run: int
    part: int
    of: int

    def __str__(self) -> str:
        return f"«{self.push}.{self.run}.{self.part}/{self.of}»"


def marks(text: str) -> list[Mark]:
    """The parts of answers in what a user reads, or in what is kept for them."""
    return [Mark(*map(int, found)) for found in _MARK.findall(text)]


@dataclass
class Run:
    """One run of a handler; `said` is the number of parts, None if it said nothing at all yet."""

    process: Process
    ended: bool = False
    said: int | None = None


@dataclass
class Push:
    """What a user sends, and what its handler will do."""

    number: int
    user: str
    at: float
    kind: str
    opened: Opened
    parts: int
    raises: int
    runs: list[Run] = field(default_factory=list)
    at_once: bool = False

    @property
    def identity(self) -> str:
        return self.opened.identity

    @property
    def name(self) -> str:
        return f"{self.user}'s push {self.number} ({self.kind})"

    @property
    def fits(self) -> bool:
        """Whether its answer is one passive reply at most."""
        return self.kind not in ("series", "list", "long", "idempotent", "unknown")

    @property
    def slow(self) -> bool:
        return self.kind in SLOW

    @property
    def idempotent(self) -> bool:
        return self.kind == "idempotent"


KINDS = {
    "fast": 5,
    "session": 4,
    "slow": 4,
    "memory": 2,
    "acked": 1,
    "series": 2,
    "list": 1,
    "long": 0.2,
    "idempotent": 1,
    "tap": 1,
    "transfer": 0.4,
    "unknown": 0.2,
}
"""Kinds of push, and how often each comes."""
SLOW = ("slow", "memory", "acked", "series", "tap")
SECONDS = ((0, 0.01), (0, 0.01), (0, 0.01), (0, 1), (1, 4), (3.5, 6), (6, 20))
LONG = ((4, 6), (6, 14))
_WITH_SESSION = ("session", "memory")


def crowd(weather: Weather, start: float) -> list[Push]:
    """The pushes of a run, by the time at which they are sent."""
    spread = weather.choice((0.3, 2, 20, 20, 100))
    kinds = weather.random.choices(list(KINDS), list(KINDS.values()), k=weather.choice((1, 2, 9)))
    kinds = weather.kinds or kinds
    users = [f"user{number}" for number in range(weather.choice((1, 1, 2, 3)))]
    times = sorted(
        (start + weather.between(0, spread), user)
        for user in users
        for _ in range(weather.choice((1, 2, 3, 3, 6)))
    )
    return [
        _push(number, user, at, weather.choice(kinds), weather)
        for number, (at, user) in enumerate(times)
    ]


def _push(number: int, user: str, at: float, kind: str, weather: Weather) -> Push:
    fields = {
        "ToUserName": "account",
        "FromUserName": user,
        "CreateTime": str(int(at)),
        "MsgType": "text",
        "Content": f"{kind} {number}",
        "MsgId": str(number + 1),
    }
    if kind == "tap":
        fields |= {"MsgType": "event", "Event": "CLICK", "EventKey": f"{kind} {number}"}
        del fields["Content"], fields["MsgId"]
    push = parsing.from_fields(dict(fields))
    parts = {"series": weather.choice((2, 3, 3, 6)), "list": weather.choice((2, 3)), "long": 2}
    return Push(
        number=number,
        user=user,
        at=at,
        kind=kind,
        opened=Opened(
            push,
            identity(push, str(fields).encode()),
            signed=push.create_time,
            seal=None,
            superseded=False,
        ),
        parts=0 if weather.chance(0.08) else parts.get(kind, 1),
        raises=weather.choice((0,) * 12 + (1, 1, 2, 99)),
    )


# --- The account ------------------------------------------------------------------------------


class Account:
    """What the handlers of a run do; they find it by the process that runs them."""

    def __init__(
        self, pushes: list[Push], weather: Weather, think: Callable[[float], None]
    ) -> None:
        self._pushes = pushes
        self._weather = weather
        self._think = think

    def answer(self, kind: str, number: int, context: Context) -> HandlerResult:
        push = self._pushes[number]
        process = Process.current()
        push.at_once |= any(not run.ended for run in push.runs)
        run = Run(process)
        push.runs.append(run)
        turn = len(push.runs)
        try:
            return self._answered(push, kind, turn, run, context)
        finally:
            run.ended = True

    def _answered(
        self, push: Push, kind: str, turn: int, run: Run, context: Context
    ) -> HandlerResult:
        seen = f"seen {push.number}"
        before = context.session.get(seen, 0) if kind in _WITH_SESSION else 0
        self._think(self._seconds(kind))
        if turn <= push.raises:
            raise HandlerFailed
        if kind in _WITH_SESSION:
            context.session[seen] = before + 1
        marks = [str(Mark(push.number, turn, part + 1, push.parts)) for part in range(push.parts)]
        run.said = len(marks)
        match kind:
            case "transfer":
                return [TransferCustomerService(mark) for mark in marks]
            case "long":
                return "".join(mark.ljust(_LINE, "-") + "\n" for mark in marks)
        return (Text(mark) for mark in marks)

    def _seconds(self, kind: str) -> float:
        if kind == "idempotent":
            return 0.0
        low, high = self._weather.choice(LONG if self._weather.slow_handlers else SECONDS)
        return self._weather.between(low, high)


class Handling(Process):
    """A process that answers pushes of an account."""

    account: Account


def _handler(kind: str) -> Callable[[TextMessage, Context], HandlerResult]:
    def handler(push: TextMessage, context: Context) -> HandlerResult:
        process = Process.current()
        assert isinstance(process, Handling)
        return process.account.answer(kind, int(context.groups["number"]), context)

    handler.__name__ = kind
    return handler


def _routes() -> Routes:
    router = Router("crowd", apology=APOLOGY)
    for kind in KINDS:
        pattern = re.compile(rf"{kind} (?P<number>\d+)")
        if kind == "tap":
            router.on(ClickEvent, slow=True, ack=ACK, event_key=pattern)(_handler(kind))  # type: ignore[arg-type]
        elif kind != "unknown":
            router.on(
                TextMessage,
                slow=kind in SLOW,
                ack=ACK if kind == "acked" else None,
                idempotent=kind == "idempotent",
                content=pattern,
            )(_handler(kind))
    return Routes(router)


routes = _routes()
