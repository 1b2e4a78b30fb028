"""Wall time of one push, from API Gateway's event to the answer, with AWS's APIs on loopback.

    one round    a fresh push for each route, and the bare calls that a route needs, one after
                 the other, in a random order

The bare calls are the backend's own. They are recorded, and then made again by boto3 alone, with
the same client settings, new ids and a body of the same size.
"""

import gc
import random
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import boto3

from chalicelib.adapters.aws import TIMEOUTS
from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text
from simulator.account import Account

from . import mounted
from .calls import Call, caught
from .comparison import Bound, Latencies
from .deployment import deployed
from .events import Fresh, LambdaContext, new_openid

IDEMPOTENT, RECORDED, SLOW = "idempotent route", "recorded route", "slow route"
ONE_SEND, TWO_UPDATES = "bare SendMessage", "two bare UpdateItem"
RIVALS = {SLOW: ONE_SEND, RECORDED: TWO_UPDATES}
BOUNDS = (Bound(SLOW, ONE_SEND, at_most=1.2),)
WARM_UP_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """What is timed, and the check of its answer afterwards."""

    go: Callable[[], Any]
    check: Callable[[Any], None] = lambda _: None


Contender: TypeAlias = Callable[[], Turn]
"""Prepares the next turn."""

router = Router("bench")


@router.on(TextMessage, content=re.compile(f"{IDEMPOTENT}.*"), idempotent=True)
def idempotent(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(TextMessage, content=re.compile(f"{RECORDED}.*"))
def recorded(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


@router.on(TextMessage, content=re.compile(f"{SLOW}.*"), slow=True)
def slow(message: TextMessage, ctx: Context) -> Reply:
    return Text(message.content)


def measure(seconds: float) -> Latencies:
    """Measures all routes and the bare calls for about so many `seconds`."""
    with deployed(Routes(router)) as deployment:
        field = _contenders(deployment.account)
        for _ in range(WARM_UP_ROUNDS):
            _round(field)
        gc.collect()
        gc.freeze()
        end = time.monotonic() + seconds
        rounds = [_round(field)]
        while time.monotonic() < end or len(rounds) < 2:
            rounds.append(_round(field))
        gc.unfreeze()
    samples = {name: [each[name] for each in rounds] for name in field}
    return Latencies(
        "Push to answer, with MiniStack on loopback, safe mode", samples, RIVALS, BOUNDS
    )


def _contenders(account: Account) -> Mapping[str, Contender]:
    for name in (IDEMPOTENT, RECORDED, SLOW):  # the first pushes also connect and read the secrets
        _once(_push(account, name))
    (send,) = _calls(account, SLOW)
    claim, answer = _calls(account, RECORDED)
    if _calls(account, IDEMPOTENT):
        raise AssertionError("an idempotent route made a call")
    return {
        IDEMPOTENT: _push(account, IDEMPOTENT),
        RECORDED: _push(account, RECORDED),
        SLOW: _push(account, SLOW),
        ONE_SEND: _send(send),
        TWO_UPDATES: _updates([claim, answer]),
    }


def _calls(account: Account, name: str) -> list[Call]:
    """The calls to AWS that a push on this route makes."""
    with caught() as calls:
        _once(_push(account, name))
    return calls


def _round(field: Mapping[str, Contender]) -> dict[str, float]:
    """Milliseconds that each contender took, by name."""
    return {name: _once(field[name]) for name in random.sample(list(field), len(field))}


def _once(contender: Contender) -> float:
    turn = contender()
    start = time.perf_counter_ns()
    answer = turn.go()
    taken = (time.perf_counter_ns() - start) / 1_000_000
    turn.check(answer)
    return taken


# --- Contenders -------------------------------------------------------------------------------


def _push(account: Account, name: str) -> Contender:
    def prepared() -> Turn:
        fresh = Fresh.make(account, name)
        event, context = fresh.event(), LambdaContext()
        check = _check_acknowledged if name == SLOW else partial(_check_echoed, fresh, account)
        return Turn(lambda: mounted.app(event, context), check)

    return prepared


def _send(caught_send: Call) -> Contender:
    sqs = boto3.client("sqs", config=TIMEOUTS)

    def prepared() -> Turn:
        ids = {"MessageGroupId": new_openid(), "MessageDeduplicationId": secrets.token_hex(32)}
        arguments: Any = {**caught_send.arguments, **ids}
        return Turn(lambda: sqs.send_message(**arguments))

    return prepared


def _updates(caught_updates: Sequence[Call]) -> Contender:
    dynamodb = boto3.client("dynamodb", config=TIMEOUTS)

    def prepared() -> Turn:
        key = {"id": {"S": f"push#{secrets.token_hex(32)}"}}
        updates: list[Any] = [{**each.arguments, "Key": key} for each in caught_updates]

        def go() -> None:
            for update in updates:
                dynamodb.update_item(**update)

        return Turn(go)

    return prepared


def _check_echoed(fresh: Fresh, account: Account, answer: dict[str, Any]) -> None:
    if not fresh.is_echoed_by(answer, account):
        raise AssertionError(f"a push was answered {answer!r}")


def _check_acknowledged(answer: dict[str, Any]) -> None:
    if (answer["statusCode"], answer["body"]) != (200, "success"):
        raise AssertionError(f"a slow push was answered {answer!r}")
