"""`python -m bench crowd`."""

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from ops.prices import PRICES

from .. import cold_start
from ..queued import queued
from . import bill, report, small
from .assumed import CALLS, Limits, Mix, Spread
from .day import DAYS, arrivals
from .measured import ROUTES, Measured, measure
from .run import Crowd

DEFAULTS = Limits()


def _calls(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> dict[str, Spread]:
    calls = dict(CALLS)
    for value in values:
        name, _equals, median = value.partition("=")
        if name not in calls or not median.replace(".", "", 1).isdigit():
            known = ", ".join(calls)
            raise click.BadParameter(f"write NAME=MILLISECONDS, with one of {known}")
        calls[name] = calls[name].at(float(median))
    return calls


@click.command()
@click.option("--users", default=1_000_000, show_default=True, type=click.IntRange(1))
@click.option("--pushes", type=click.IntRange(1), help="Of the day; three for each user.")
@click.option("--day", type=click.Choice(list(DAYS)), default="campaign", show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--jobs-at-once", default=DEFAULTS.jobs_at_once, show_default=True)
@click.option("--reserved", default=DEFAULTS.reserved, show_default=True)
@click.option("--memory", default=DEFAULTS.memory, show_default=True, help="MB of a function.")
@click.option("--sends", default=DEFAULTS.sends, show_default=True, help="SQS, a second.")
@click.option("--writes", default=DEFAULTS.writes, show_default=True, help="DynamoDB, a second.")
@click.option(
    "--call",
    "calls",
    multiple=True,
    metavar="NAME=MILLISECONDS",
    callback=_calls,
    help="Another median of a call, such as UpdateItem=12; may be repeated.",
)
@click.option("--rounds", default=20, show_default=True, type=click.IntRange(3))
@click.option("--region", type=click.Choice(list(PRICES)), default="us-east-1", show_default=True)
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER")
def main(
    *,
    users: int,
    pushes: int | None,
    day: str,
    seed: int,
    jobs_at_once: int,
    reserved: int,
    memory: int,
    sends: int,
    writes: int,
    calls: dict[str, Spread],
    rounds: int,
    region: str,
    pictures: Path | None,
) -> None:
    """Runs a day of an account with many followers, and says what they wait and what it costs.

    First it measures what each kind of push costs on this machine, and compares its model with the
    backend at a small scale. Then it runs the day as events, with latencies and limits of AWS that
    are assumed (bench/crowd/assumed.py). The same seed gives the same day. Exits with 1 when model
    and backend differ.
    """
    console, began = Console(highlight=False), time.monotonic()
    measured, beside = _measured(console, rounds, seed)
    limits = Limits(
        jobs_at_once=jobs_at_once, reserved=reserved, memory=memory, sends=sends, writes=writes
    )
    mix, count = Mix(), pushes or 3 * users
    crowd = Crowd(measured, DAYS[day], limits, mix, seed, calls)
    came = arrivals(DAYS[day], count, users, mix.shares, random.Random(seed))
    seen = crowd.run(_with_progress(came, count))
    report.show_day(console, seen, limits)
    prices = PRICES[region]
    usd = bill.by_service(bill.used(seen, limits, users), prices)
    report.show_bill(console, usd, prices.published)
    if pictures:
        for file in report.save_pictures(seen, pictures):
            console.print(f"{file}")
    console.print(f"{time.monotonic() - began:.0f} s")
    sys.exit(bool(beside.differs))


def _measured(console: Console, rounds: int, seed: int) -> tuple[Measured, small.Beside]:
    """What a push costs on this machine, and how the model stands beside the backend."""
    console.print("Measuring ...")
    cold = cold_start.ours(rounds=5)
    with queued(ROUTES) as stage:
        measured = measure(stage, rounds, cold)
        beside = small.compared(stage, measured, seed)
    report.show_measured(console, measured)
    report.show_small(console, beside)
    for difference in beside.differs:
        console.print(difference, style="red")
    return measured, beside


def _with_progress(
    came: Iterator[tuple[float, int, str]], count: int
) -> Iterator[tuple[float, int, str]]:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("pushes", total=count)
        for number, each in enumerate(came):
            if number % 10_000 == 0:
                progress.update(task, completed=number)
            yield each
