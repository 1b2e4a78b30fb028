"""The users of a run, and what they push."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.router.continuing import WORD
from chalicelib.wechat import parsing
from chalicelib.wechat.envelopes import Opened, identity
from chalicelib.wechat.messages import ReplyWindow, TextMessage

from .kernel import Process
from .weather import Weather

KINDS = {
    "fast": 5,
    "session": 4,
    "slow": 4,
    "memory": 2,
    "acked": 1,
    "series": 3,
    "bulky": 0.5,
    "options": 0.5,
    "list": 1,
    "long": 0.2,
    "idempotent": 1,
    "tap": 1,
    "menu": 1,
    "mail": 1,
    "note": 0.5,
    "step": 1,
    "transfer": 0.4,
    "unknown": 0.3,
    "more": 1.5,
    "stream": 1.5,
    "saga": 1,
    "study": 0.7,
    "stop": 0.7,
    "subscribe": 0.5,
    "unsubscribe": 0.3,
    "scarce": 1,
    "rationed": 0.7,
}
"""Kinds of push, and how often each comes."""
STREAMS = ("stream", "saga")
LONG = ("saga", "study")
CANCELLABLE = (*STREAMS, "study")
"""Kinds whose work the user can cancel, by a push of the kind `stop`."""
SLOW = (
    "slow",
    "memory",
    "acked",
    "series",
    "bulky",
    "options",
    "tap",
    "menu",
    "mail",
    "subscribe",
    "rationed",
    *CANCELLABLE,
)
UNFIT = (
    *CANCELLABLE,
    "series",
    "bulky",
    "options",
    "list",
    "long",
    "idempotent",
    "unknown",
    "more",
    "step",
)
"""Kinds whose answer may not be one passive reply; some steps of a conversation are slow."""
UNHANDLED = ("unknown", "more", "unsubscribe")
"""Kinds without a route of their own."""


@dataclass
class Run:
    """One run of the handler of `route`; `said` counts parts, None if it said nothing at all yet.

    `sent` are the numbers of the messages that the queue took from it.
    """

    process: Process
    route: str
    began: float
    ended: bool = False
    said: int | None = None
    sent: list[int] = field(default_factory=list)


@dataclass
class Push:
    """What a user sends, and what its handler will do.

    WeChat refuses the part `poison` with an errcode that nobody knows. A push `before` the run is
    there as release 1.0.0 left it. A stream may yield `pieces` of text, narrow or `wide`.
    """

    number: int
    user: str
    at: float
    kind: str
    opened: Opened
    parts: int
    raises: int = 0
    poison: int = 0
    mails: Sequence[str] = ()
    idempotent: bool = False
    before: bool = False
    pieces: bool = False
    wide: bool = False
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
        return self.kind not in UNFIT

    @property
    def slow(self) -> bool:
        return self.kind in SLOW

    @property
    def window(self) -> ReplyWindow | None:
        """What it opens; a tap in a msgmenu comes as a text, and yet opens no more than a tap."""
        push = self.opened.push
        if isinstance(push, TextMessage) and push.bizmsgmenuid:
            return ReplyWindow.TAP
        return push.reply_window


def crowd(weather: Weather, start: float) -> list[Push]:
    """The pushes of a run, by the time at which they are sent."""
    spread = weather.choice((0.3, 2, 20, 20, 100, 2000))
    kinds = weather.random.choices(list(KINDS), list(KINDS.values()), k=weather.choice((1, 2, 9)))
    kinds = weather.kinds or kinds
    users = [f"user{number}" for number in range(weather.choice((1, 1, 2, 3)))]
    times = sorted(
        (start + weather.between(0, spread), user)
        for user in users
        for _ in range(weather.choice((1, 2, 3, 3, 6)))
    )
    return [
        _push(number, user, at, weather.choice(kinds), weather, users)
        for number, (at, user) in enumerate(times)
    ]


def asks_for_more(number: int, user: str, at: float) -> Push:
    """A user who has waited asks for what is left."""
    return Push(number, user, at, "more", _opened(number, user, at, "more"), parts=0)


def before_the_run(number: int, user: str, at: float) -> Push:
    """A push that release 1.0.0 has taken."""
    opened = _opened(number, user, at, "series")
    return Push(number, user, at, "series", opened, parts=3, before=True)


def _push(
    number: int, user: str, at: float, kind: str, weather: Weather, users: Sequence[str]
) -> Push:
    parts = {
        "series": weather.choice((2, 3, 3, 3, 6)),
        "bulky": weather.choice((2, 3, 6)),
        "menu": weather.choice((1, 2, 4)),
        "tap": weather.choice((1, 1, 5)),
        "options": 3,
        "list": weather.choice((2, 3)),
        "stream": weather.choice((1, 2, 5, 8)),
        "saga": weather.choice((2, 6, 12)),
        "long": 2,
    }.get(kind, 1)
    return Push(
        number=number,
        user=user,
        at=at,
        kind=kind,
        opened=_opened(number, user, at, kind),
        parts=0 if weather.chance(0.08) else parts,
        raises=weather.choice((0,) * 12 + (1, 1, 2, 99)),
        poison=weather.choice((0,) * 20 + (1, parts)),
        mails=weather.choice(((user,), (user, user), (users[-1],), (users[0], user)))
        if kind in ("mail", "note") or (kind in STREAMS and weather.chance(0.2))
        else (),
        pieces=weather.chance(0.5),
        wide=weather.chance(0.3),
        idempotent=kind == "idempotent"
        or (kind == "unknown" and weather.catch_all == "idempotent"),
    )


def _opened(number: int, user: str, at: float, kind: str) -> Opened:
    fields = {
        "ToUserName": "account",
        "FromUserName": user,
        "CreateTime": str(int(at)),
        "MsgType": "text",
        "Content": WORD if kind == "more" else f"{kind} {number}",
        "MsgId": str(number + 1),
    }
    if kind == "menu":
        fields["bizmsgmenuid"] = str(number)
    events = {"tap": "CLICK", "subscribe": "subscribe", "unsubscribe": "unsubscribe"}
    if kind in events:
        fields |= {"MsgType": "event", "Event": events[kind], "EventKey": f"{kind} {number}"}
        del fields["Content"], fields["MsgId"]
    push = parsing.from_fields(dict(fields))
    return Opened(
        push,
        identity(push, str(fields).encode()),
        signed=push.create_time,
        seal=None,
        superseded=False,
    )
