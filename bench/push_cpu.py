"""CPU time of one push, from API Gateway's event to the answer.

    one round    100 fresh pushes, made and parsed before the clock starts
                 each contender answers all of them, in a random order

It is process time, so other processes matter little, and affect all contenders alike. The garbage
collector runs as always, but has nothing left to do when a turn starts, so each contender pays
for its own garbage only.
"""

import gc
import random
import time

from chalicelib.wechat.envelopes import Mode
from simulator.account import Account

from .comparison import Bound, Comparison
from .contenders import (
    CHALICE_WECHATPY,
    FLASK_WECHATPY,
    WECHALICE,
    Contender,
    Handler,
    contenders,
)
from .events import Event, Fresh, LambdaContext

MODES = (Mode.SAFE, Mode.PLAINTEXT)
RIVALS = (CHALICE_WECHATPY, FLASK_WECHATPY)
BOUNDS = {
    Mode.SAFE: (
        Bound(WECHALICE, CHALICE_WECHATPY, at_most=1.0, aim=0.85),
        Bound(WECHALICE, FLASK_WECHATPY, at_most=0.5),
    ),
}
PUSHES = 100
"""Pushes in one turn: about ten milliseconds, far above the clock's resolution."""
WARM_UP_ROUNDS = 3


def measure(mode: Mode, seconds: float) -> Comparison:
    """Measures all contenders in `mode` for about so many `seconds`."""
    account = Account.new(mode)
    field = contenders(account)
    for contender in field:
        _check(contender, account)
    for _ in range(WARM_UP_ROUNDS):
        _round(field, account)
    gc.collect()
    gc.freeze()
    end = time.monotonic() + seconds
    rounds = [_round(field, account)]
    while time.monotonic() < end or len(rounds) < 2:
        rounds.append(_round(field, account))
    gc.unfreeze()
    title = f"CPU of one push, a text repeated, {mode.value} mode"
    return Comparison(title, rounds, RIVALS, BOUNDS.get(mode, ()))


def _check(contender: Contender, account: Account) -> None:
    """Raises if the contender answers wrongly, or answers a forged push."""
    if not contender.echoes:
        return
    for _ in range(10):
        fresh = Fresh.make(account)
        if not fresh.is_echoed_by(contender.handler(fresh.event(), LambdaContext()), account):
            raise AssertionError(f"{contender.name} does not repeat the text")
        if contender.handler(fresh.forged_event(), LambdaContext())["statusCode"] != 403:
            raise AssertionError(f"{contender.name} does not refuse a forged push")


def _round(field: list[Contender], account: Account) -> dict[str, float]:
    """Microseconds of one push of each contender, by name."""
    pushes = [Fresh.make(account) for _ in range(PUSHES)]
    order = random.sample(field, len(field))
    return {
        contender.name: _microseconds(contender.handler, [each.event() for each in pushes])
        for contender in order
    }


def _microseconds(handler: Handler, events: list[Event]) -> float:
    context = LambdaContext()
    gc.collect()
    start = time.process_time_ns()
    for event in events:
        handler(event, context)
    return (time.process_time_ns() - start) / len(events) / 1000
