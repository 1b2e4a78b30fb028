"""Prints measurements as tables, and whether their bounds hold."""

from collections import Counter
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from .calls import Call
from .cold_start import ColdStarts
from .comparison import Bound, Comparison, Judged, Latencies, Limit, Spread
from .jobs import Jobs

SERVICES = ("DynamoDB", "SQS", "WeChat")


def show(console: Console, comparison: Comparison) -> None:
    """Prints one row for each contender, the cheapest first."""
    caption = f"medians of {len(comparison.rounds)} rounds; in brackets half of them"
    table = Table(title=comparison.title, caption=caption, box=SIMPLE_HEAD)
    table.add_column("")
    table.add_column("µs", justify="right")
    for rival in comparison.rivals:
        table.add_column(f"× {rival}", justify="right")
    names = list(comparison.rounds[0])
    for name in sorted(names, key=lambda name: comparison.cost(name).median):
        ratios = [_written(comparison.ratio(name, rival), 2) for rival in comparison.rivals]
        table.add_row(name, _written(comparison.cost(name), 0), *ratios)
    console.print(table)


def show_latencies(console: Console, latencies: Latencies) -> None:
    """Prints one row for each contender, the fastest first."""
    table = _table(latencies, "p50 ms", "p99 ms", "× its bare calls")
    for name in sorted(latencies.samples, key=latencies.median):
        rival = latencies.rivals.get(name)
        ratio = f"{latencies.times(name, rival):.2f}" if rival else ""
        table.add_row(name, *_percentiles(latencies, name), ratio)
    console.print(table)


def show_jobs(console: Console, jobs: Jobs) -> None:
    """Prints one row for each kind of job."""
    table = _table(jobs.latencies, "jobs/s", "p50 ms", "p99 ms", *SERVICES)
    for kind in jobs.latencies.samples:
        called = [_called(jobs.calls[kind], service) for service in SERVICES]
        rate = f"{jobs.per_second(kind):.0f}"
        table.add_row(kind, rate, *_percentiles(jobs.latencies, kind), *called)
    console.print(table)


def show_cold_starts(console: Console, cold: ColdStarts) -> None:
    """Prints one row for each function, the fastest first."""
    caption = f"medians of {len(cold.rounds)} rounds; in brackets half of them"
    table = Table(title=cold.title, caption=caption, box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    for heading in ("INIT", "first push", "both, ms", f"× {cold.rival}", "MB"):
        table.add_column(heading, justify="right")
    for name in sorted(cold.rounds[0], key=lambda name: cold.spread(name, "together").median):
        table.add_row(
            name,
            f"{cold.spread(name, 'init').median:.0f}",
            f"{cold.spread(name, 'first').median:.1f}",
            _written(cold.spread(name, "together"), 0),
            f"{cold.times(name, cold.rival):.2f}",
            f"{cold.spread(name, 'memory').median:.0f}",
        )
    console.print(table)


def judge(console: Console, judged: Judged) -> bool:
    """Prints whether each bound and limit holds. Returns False if one does not."""
    compared = [_compared(console, bound, judged) for bound in judged.bounds]
    limited = [_limited(console, limit, judged.title) for limit in judged.limits]
    return all(compared + limited)


def _compared(console: Console, bound: Bound, judged: Judged) -> bool:
    ratio = judged.times(bound.name, bound.rival)
    aim = f", aimed at {bound.aim}" if bound.aim else ""
    summary = f"{bound.name} costs {ratio:.2f} × {bound.rival}, at most {bound.at_most}{aim}"
    return _verdict(console, f"{judged.title}: {summary}", holds=ratio <= bound.at_most)


def _limited(console: Console, limit: Limit, title: str) -> bool:
    summary = f"{limit.what} {limit.value:.2f} {limit.unit}, at most {limit.at_most}"
    return _verdict(console, f"{title}: {summary}", holds=limit.value <= limit.at_most)


def _verdict(console: Console, summary: str, *, holds: bool) -> bool:
    mark = "[green]holds [/green]" if holds else "[red]MISSED[/red]"
    console.print(f"{mark} {summary}", soft_wrap=True)
    return holds


def _table(latencies: Latencies, *headings: str) -> Table:
    turns = min(len(each) for each in latencies.samples.values())
    table = Table(
        title=latencies.title, caption=f"{turns} turns each", box=SIMPLE_HEAD, pad_edge=False
    )
    table.add_column("")
    for heading in headings:
        table.add_column(heading, justify="right")
    return table


def _percentiles(latencies: Latencies, name: str) -> tuple[str, str]:
    return f"{latencies.median(name):.2f}", f"{latencies.slowest(name):.2f}"


def _called(calls: Sequence[Call], service: str) -> str:
    names = [call.name.rpartition("/")[2] for call in calls if call.service == service]
    times = Counter(names).items()
    return ", ".join(name if count == 1 else f"{count} {name}" for name, count in times) or "none"


def _written(spread: Spread, digits: int) -> str:
    return f"{spread.median:.{digits}f} [{spread.low:.{digits}f}–{spread.high:.{digits}f}]"
