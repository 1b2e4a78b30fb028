"""`cost`: computes what a stage costs in a month."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import click

from . import terminal, usage, wording
from .options import as_json
from .prices import PRICES, Prices
from .usage import Usage

F = TypeVar("F", bound=Callable[..., object])


_PUSHES = wording.Number(int, "a whole number, such as 1000000", 0)
_SECONDS = wording.Number(float, "a number of seconds up to 900, such as 8", 0, 900)
_SHARE = wording.Number(float, "a share from 0 to 1, such as 0.3 for three pushes in ten", 0, 1)
_USERS = wording.Number(int, "a whole number, such as 20000", 0)


def _share(name: str, what: str) -> Callable[[F], F]:
    return click.option(name, default=0.0, metavar="SHARE", type=_SHARE, help=what)


def _prices(_: click.Context, __: click.Parameter, region: str) -> Prices:
    if region in PRICES:
        return PRICES[region]
    raise click.BadParameter(
        f"there are no prices of {region}, only of {' and '.join(PRICES)}. Take one of these for "
        "the order of magnitude, or add the region to ops/prices.py from AWS's price lists"
    )


@click.command()
@click.option("--pushes", default=1_000_000, show_default=True, metavar="N", type=_PUSHES)
@_share("--slow", "How many of them are on slow routes.")
@click.option(
    "--seconds",
    default=1.0,
    show_default=True,
    metavar="N",
    type=_SECONDS,
    help="How long the handlers of slow routes take.",
)
@_share("--idempotent", "How many of them are on idempotent routes.")
@click.option("--users", default=100_000, show_default=True, metavar="N", type=_USERS)
@click.option("--fixed-exit/--no-fixed-exit", default=True, help="Whether there is a NAT gateway.")
@click.option(
    "--region",
    "prices",
    default="us-east-1",
    show_default=True,
    callback=_prices,
    help="Whose prices are taken.",
)
@as_json
def cost(
    *,
    pushes: int,
    slow: float,
    seconds: float,
    idempotent: float,
    users: int,
    fixed_exit: bool,
    prices: Prices,
    as_json: bool,
) -> None:
    """Compute what a stage costs in a month, in USD.

    Says what so many pushes use, and what is paid without any. A push that is on no slow and no
    idempotent route is recorded, and writes no ctx.session. AWS is not asked: `ops/prices.py` has
    the prices, and when they were published. Free tiers are left out.

    \b
    python -m ops cost --pushes 1000000 --slow 0.3 --seconds 8
    python -m ops cost --pushes 50000 --users 2000 --no-fixed-exit --region ap-northeast-1

    Exit codes: 0 computed, 2 misused.
    """
    recorded = round(1 - slow - idempotent, 9)
    if recorded < 0:
        raise click.UsageError("--slow and --idempotent are together more than 1.")
    used = usage.total(
        usage.times(slow, usage.slow(seconds)),
        usage.times(idempotent, usage.QUICK),
        usage.times(recorded, usage.RECORDED),
    )
    standing = usage.standing(users, fixed_exit=fixed_exit)
    month = {"pushes": usage.times(pushes / 1e6, used), "any month": standing}
    if as_json:
        named = {of: {item.name: each[item] for item in each} for of, each in month.items()}
        whole = usage.price(usage.total(*month.values()), prices)
        terminal.show_json({"published": prices.published, "used": named, "usd": whole})
    else:
        _show(month, prices)


def _show(month: Mapping[str, Usage], prices: Prices) -> None:
    rows = [
        [of, item.value, f"{amount:.3f} × {prices.usd[item]:g}", f"{amount * prices.usd[item]:.2f}"]
        for of, used in month.items()
        for item, amount in used.items()
        if amount
    ]
    whole = usage.price(usage.total(*month.values()), prices)
    columns = ["", f"prices of {prices.published}", "", "USD"]
    terminal.show_table(columns, [*rows, ["sum", "", "", f"{whole:.2f}"]])
