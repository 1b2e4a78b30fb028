"""Programs that answer the same push. Each file builds the Lambda handler of one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from bench.events import Event, LambdaContext
from simulator.account import Account

from . import chalice_alone, chalice_wechatpy, flask_wechatpy, floor, wechalice

Handler: TypeAlias = Callable[[Event, LambdaContext], dict[str, Any]]

WECHALICE = "wechalice"
CHALICE_WECHATPY = "Chalice + wechatpy"
FLASK_WECHATPY = "Flask + wechatpy on Lambda"


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to answer a push. If it does not echo, it only shows what its framework costs."""

    name: str
    handler: Handler
    echoes: bool = True


def contenders(account: Account) -> list[Contender]:
    """All of them, ready to answer the pushes of `account`."""
    return [
        Contender(WECHALICE, wechalice.handler(account)),
        Contender(CHALICE_WECHATPY, chalice_wechatpy.handler(account)),
        Contender(FLASK_WECHATPY, flask_wechatpy.handler(account)),
        Contender("by hand, the least", floor.handler(account)),
        Contender("Chalice alone", chalice_alone.handler(), echoes=False),
    ]
