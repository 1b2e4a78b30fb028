"""The account that answers the users of a run."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count

from greenlet import getcurrent

from chalicelib.router import HandlerResult, PerDay, Router, Routes
from chalicelib.router.context import Context
from chalicelib.wechat.messages import ClickEvent, SubscribeEvent, TextMessage
from chalicelib.wechat.messages import Push as Received
from chalicelib.wechat.replies import MsgMenu, MsgMenuItem, Reply, Text, TransferCustomerService

from .crowd import KINDS, LONG, SLOW, STREAMS, UNHANDLED, Push, Run
from .kernel import Process
from .marks import ACK, APOLOGY, SENT, Mark, marks
from .weather import CATCH_ALL, Weather

SECONDS = ((0, 0.01), (0, 0.01), (0, 0.01), (0, 1), (1, 4), (3.5, 6), (6, 20))
SLOWLY = ((4, 6), (6, 14))
FOR_MINUTES = ((0, 1), (0, 1), (1, 20), (1, 20), (1, 20), (20, 100), (20, 950))
ENDLESS = ((0, 1), (22, 29), (29, 58))
QUICK = ((0, 0.01), (0, 0.01), (0, 0.01), (4, 7))
"""Seconds that an idempotent handler takes, which should be quick."""
_WIDE = 1900
"""Bytes of a part that fits no message together with another."""
MAILS = 3
"""A stream sends messages with its first parts alone."""
_WITH_SESSION = ("session", "memory", "step")
OVER = 99
"""The run of a handler that stands for the text of a limit."""
STEPS: Mapping[str, str | None] = {"step_a": "b", "step_b": None, "step": "a"}
"""The routes of a conversation, and the states to which they lead."""


class HandlerFailed(Exception):
    """What a handler raises in a run."""


class Account:
    """What the handlers of a run do; they find it by the process that runs them."""

    def __init__(
        self, pushes: list[Push], weather: Weather, think: Callable[[float], None]
    ) -> None:
        self._pushes = pushes
        self._weather = weather
        self._think = think
        self.routes = ROUTES[weather.catch_all]
        self.ran: Callable[[Push], None] = lambda _push: None
        self.goes_on: Callable[[Push, list[Mark]], None] = lambda _push, _said: None

    def answer(self, kind: str, route: str, context: Context) -> HandlerResult:
        push, run = self._begun(route, context)
        try:
            return self._answered(push, kind, len(push.runs), run, context)
        finally:
            run.ended = True

    def stream(self, route: str, context: Context) -> Iterator[Reply | str]:
        push, run = self._begun(route, context)
        try:
            yield from self._yielded(push, run, context)
        finally:
            run.ended = True

    def _begun(self, route: str, context: Context) -> tuple[Push, Run]:
        push = next(each for each in self._pushes if each.identity == context.identity)
        process = Process.current()
        push.at_once |= any(not run.ended for run in push.runs)
        run = Run(process, route, process.now)
        push.runs.append(run)
        self.ran(push)
        return push, run

    def _yielded(self, push: Push, run: Run, context: Context) -> Iterator[Reply | str]:
        """The parts that an earlier run has not said; its number stands for the whole answer."""
        turn, said = len(push.runs), marks(context.said.text)
        self.goes_on(push, said)
        seen = f"seen {push.number}"
        before, number = context.session.get(seen, 0), said[0].run if said else turn
        start = 0
        for mark in Mark(push.number, number, 1, push.parts).all_parts:
            text = _wide(mark, 700) if push.wide else str(mark)
            left, start = text[max(0, context.said.length - start) :], start + len(text)
            if left == text:
                self._before_part(push, run, mark, len(said), context)
            if left:
                yield from (left[:3], left[3:]) if push.pieces else (Text(left),)
        context.session[seen] = before + 1
        run.said = push.parts

    def _before_part(self, push: Push, run: Run, mark: Mark, said: int, context: Context) -> None:
        self._think(self._seconds(push) / push.parts)
        if len(push.runs) <= push.raises and mark.part in (said + 2, push.parts):
            raise HandlerFailed
        if push.mails and mark.part <= MAILS:
            sent = SENT + 10 * push.number + mark.part
            context.send(push.mails[mark.part % len(push.mails)], str(Mark(sent, 1, 1, 1)))
            run.sent.append(sent)

    def _answered(
        self, push: Push, kind: str, turn: int, run: Run, context: Context
    ) -> HandlerResult:
        seen = f"seen {push.number}"
        before = context.session.get(seen, 0) if kind in _WITH_SESSION else 0
        self._think(self._seconds(push))
        if turn <= push.raises:
            raise HandlerFailed
        if kind in _WITH_SESSION:
            context.session[seen] = before + 1
        if kind == "step":
            context.state = STEPS[run.route]
        for number, to in zip(count(SENT + 10 * push.number), push.mails, strict=False):
            context.send(to, str(Mark(number, 1, 1, 1)))
            run.sent.append(number)
        run.said = push.parts
        return _said(kind, Mark(push.number, turn, 1, push.parts).all_parts)

    def _seconds(self, push: Push) -> float:
        usual: Sequence[tuple[float, float]] = QUICK if push.idempotent else SECONDS
        if push.kind in LONG:
            usual = FOR_MINUTES
        if self._weather.slow_handlers:
            usual = SLOWLY
        elif self._weather.endless_handlers:
            usual = ENDLESS
        low, high = self._weather.choice(usual)
        return self._weather.between(low, high)


def _said(kind: str, marks: tuple[Mark, ...]) -> HandlerResult:
    match kind:
        case "transfer":
            return [TransferCustomerService(str(mark)) for mark in marks]
        case "long":
            return "".join(_wide(mark) for mark in marks)
        case "bulky":
            return [Text(_wide(mark)) for mark in marks]
        case "options":
            return _options(marks)
    return (Text(str(mark)) for mark in marks)


def _options(marks: tuple[Mark, ...]) -> Iterator[Reply]:
    for mark in marks:
        if mark.part == 2:
            yield MsgMenu(str(mark), (MsgMenuItem("1", "好"),), "")
        else:
            yield Text(str(mark))


def _wide(mark: Mark, width: int = _WIDE) -> str:
    return str(mark).ljust(width, "-") + "\n"


class Handling(Process):
    """A process that answers a push of an account, which has a number."""

    account: Account
    push: int

    @staticmethod
    def at_work() -> "Handling":
        process = Process.current()
        assert isinstance(process, Handling)
        return process


class Limit(PerDay):
    """A limit whose text says which push it answers."""

    def __init__(self, times: int) -> None:
        object.__setattr__(self, "times", times)

    @property
    def text(self) -> str:
        checked = getcurrent().parent is None  # as when its route is made, which answers nothing
        return str(Mark(0 if checked else Handling.at_work().push, OVER, 1, 1))


LIMITS = {"scarce": Limit(2), "rationed": Limit(1)}


def _stops(_push: Received, context: Context) -> HandlerResult:
    context.cancel()
    return Handling.at_work().account.answer("stop", "stop", context)


def _streamer(kind: str) -> Callable[[Received, Context], Iterator[Reply | str]]:
    def handler(_push: Received, context: Context) -> Iterator[Reply | str]:
        yield from Handling.at_work().account.stream(kind, context)

    handler.__name__ = kind
    return handler


def _handler(kind: str, route: str = "") -> Callable[[Received, Context], HandlerResult]:
    def handler(push: Received, context: Context) -> HandlerResult:
        return Handling.at_work().account.answer(kind, handler.__name__, context)

    handler.__name__ = route or kind
    return handler


def _routes(catch_all: str) -> Routes:
    router = Router("crowd", apology=APOLOGY)
    for kind in KINDS:
        pattern = re.compile(rf"{kind} \d+")
        if kind == "tap":
            router.on(ClickEvent, slow=True, ack=ACK, event_key=pattern)(_handler(kind))
        elif kind == "subscribe":
            router.on(SubscribeEvent, slow=True)(_handler(kind))
        elif kind == "step":
            if catch_all != "idempotent":  # which may not stand behind a state
                on = partial(router.on, TextMessage, content=pattern)
                on(state="a")(_handler(kind, "step_a"))
                on(state="b", slow=True)(_handler(kind, "step_b"))
            router.on(TextMessage, content=pattern)(_handler(kind))
        elif kind in STREAMS:
            on = partial(router.on, TextMessage, content=pattern)
            on(slow=True, stream=True, long=kind in LONG)(_streamer(kind))
        elif kind == "stop":
            router.on(TextMessage, content=pattern)(_stops)
        elif kind not in UNHANDLED:
            router.on(
                TextMessage,
                slow=kind in SLOW,
                long=kind in LONG,
                ack=ACK if kind == "acked" else None,
                idempotent=kind == "idempotent",
                limit=LIMITS.get(kind),
                content=pattern,
            )(_handler(kind))
    if catch_all:
        slow, idempotent = catch_all == "slow", catch_all == "idempotent"
        router.on(TextMessage, slow=slow, idempotent=idempotent)(_handler(f"any_text_{catch_all}"))
    return Routes(router)


ROUTES = {catch_all: _routes(catch_all) for catch_all in dict.fromkeys(CATCH_ALL)}
