"""What a stage uses of AWS: for a million pushes of each kind, and in a month without any."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import TypeAlias

from . import template
from .prices import Item, Prices

Usage: TypeAlias = Mapping[Item, float]
"""How much is used of each item, in the unit of its price."""

_RESOURCES = Path(__file__).parent / "resources.yaml"
_MEMORY = 0.5
"""Of a function, in GB."""
_AT_THE_DOOR = 0.01
"""Seconds that a push takes there."""
_LINES = 0.76
"""GB in the log of a million invocations: our line, and those of Lambda."""
_RECORDS = 0.5
"""GB that the records of a million pushes take."""
_MONTHS_KEPT = 20 / 30
_PROFILES = 1.0
"""GB that a million profiles take."""
_POLLS = 2 * 5 * 3 * 60 * 24 * 30 / 1e6
"""Millions a month: two event sources, five pollers each, three times a minute."""
_METRICS = 2
"""Those that occur in every month: how long pushes take, and how long jobs."""
_HOURS = 730

_RECORDED: Usage = {Item.STORED: _RECORDS * _MONTHS_KEPT, Item.WRITES: 2}

QUICK: Usage = {
    Item.GATEWAY: 1,
    Item.INVOCATIONS: 1,
    Item.SECONDS: _MEMORY * _AT_THE_DOOR,
    Item.LOGGED: _LINES,
    Item.SENT: 1,
}
"""A million pushes on an idempotent route, with replies of 1 KB."""


def total(*usages: Usage) -> Usage:
    items = dict.fromkeys(chain(*usages))
    return {item: sum(each.get(item, 0) for each in usages) for item in items}


def times(millions: float, usage: Usage) -> Usage:
    return {item: millions * amount for item, amount in usage.items()}


def price(usage: Usage, prices: Prices) -> float:
    """In USD."""
    return sum(amount * prices.usd[item] for item, amount in usage.items())


RECORDED = total(QUICK, _RECORDED)
"""On any other fast route."""
WITH_SESSION = total(RECORDED, {Item.WRITES: 3, Item.READS: 1})
"""On one that writes `ctx.session`: a claim, a transaction of two items, which counts twice."""


def slow(seconds: float) -> Usage:
    """On a slow route: sent, received, held and deleted in the queue, and recorded there."""
    worker = {Item.INVOCATIONS: 1, Item.LOGGED: _LINES, Item.SECONDS: _MEMORY * seconds}
    return total(RECORDED, {Item.QUEUE: 4, Item.WRITES: 1}, worker)


def standing(users: int, *, fixed_exit: bool) -> Usage:
    """A month in which nobody writes, with the profiles of `users`."""
    resources = template.read(_RESOURCES.read_text())["Resources"].values()
    alarms = [each for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    profiles = _PROFILES * users / 1e6
    hours = _HOURS if fixed_exit else 0
    return {
        Item.QUEUE: _POLLS,
        Item.STORED: profiles,
        Item.BACKED_UP: profiles,
        Item.ALARMS: len(alarms),
        Item.METRICS: _METRICS,
        Item.DASHBOARDS: 1,
        Item.NAT_HOURS: hours,
        Item.ADDRESS_HOURS: hours,
    }
