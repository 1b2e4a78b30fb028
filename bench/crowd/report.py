"""Prints the day: what users waited, what was in the way, what it costs."""

from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from .assumed import Limits
from .measured import KINDS, Measured
from .picture import picture
from .run import HANDED
from .seen import Seen
from .small import Beside


def show_measured(console: Console, measured: Measured) -> None:
    """What the model is made of."""
    table = _table("Measured on this machine", "", "own ms", "calls")
    for place, works in (("door", measured.door), ("worker", measured.worker)):
        for kind, work in works.items():
            table.add_row(
                f"{place}, {kind}", f"{work.own * 1000:.2f}", ", ".join(work.calls) or "-"
            )
    table.add_row("cold start", f"{measured.cold_start * 1000:.0f}", "")
    console.print(table)


def show_small(console: Console, beside: Beside) -> None:
    """The model beside the backend."""
    table = _table("The model beside the backend on loopback", "", "made", "model")
    for name in sorted(beside.real):
        table.add_row(name, f"{beside.real[name]}", f"{beside.modelled[name]}")
    for kind, (low, middle, high, model) in beside.times.items():
        spread = f"{middle:.1f} ({low:.1f} to {high:.1f})"
        table.add_row(f"{kind}, ms", spread, f"{model:.1f}")
    console.print(table)


def show_day(console: Console, seen: Seen, limits: Limits) -> None:
    """Waits, counts and limits."""
    table = _table("What users waited, in seconds", "", "answers", *("p50", "p99") * 2)
    table.caption = "of the first text, then of the whole answer"
    for kind in KINDS:
        if first := seen.first[kind]:
            waits = [*_percentiles(first), *_percentiles(seen.whole[kind])]
            table.add_row(kind, f"{len(first):,}", *(f"{wait:,.2f}" for wait in waits))
    console.print(table)
    table = _table("What was in the way", "", "")
    for name, count in _counts(seen).items():
        table.add_row(name, f"{count:,}")
    console.print(table)
    console.print(f"First limit that was hit: {first_limit(seen, limits)}")


def _counts(seen: Seen) -> Mapping[str, int]:
    counts = seen.counts
    return {
        "pushes": counts["pushes"],
        "faults that users read": counts["faults"],
        "pushes that were handed over": counts[HANDED],
        "jobs": counts["jobs"],
        "jobs that waited, at most": int(max(seen.per_minute["waiting"])),
        "messages": counts["messages"],
        "handlers that were ended": counts["ended handlers"],
        "tries that WeChat refused": counts["refused tries"],
        "dead letters": counts["dead letters"],
        "of these redriven": counts["redriven"],
        "cold starts of the door": seen.door.cold_starts,
        "cold starts of the worker": seen.worker.cold_starts,
        "requests that the door had no room for": seen.door.throttled,
        "most pushes at the door at once": int(max(seen.per_minute["at the door"])),
        **{f"{name}, most in a second": int(rate.peak) for name, rate in seen.rates.items()},
    }


def first_limit(seen: Seen, limits: Limits) -> str:
    """Which limit was hit first, when, and how large it is."""
    hits = {
        f"{name}, {rate.limit:.0f} a second": rate.first_over
        for name, rate in seen.rates.items()
        if rate.first_over is not None
    }
    if seen.first_jobs_wait is not None:
        hits[f"JOBS_AT_ONCE, {limits.jobs_at_once}"] = seen.first_jobs_wait
    if seen.door.first_throttled is not None:
        hits[f"reserved concurrency, {limits.reserved}"] = seen.door.first_throttled
    if not hits:
        return "none"
    name = min(hits, key=lambda each: hits[each] or 0.0)
    return f"{name}, at {_clock(hits[name] or 0.0)}"


def show_bill(console: Console, usd: Mapping[str, float], published: str) -> None:
    """USD by service."""
    table = _table(f"USD for the day, by prices of {published}", "", "USD")
    for service, amount in usd.items():
        table.add_row(service, f"{amount:.2f}")
    table.add_row("sum", f"{sum(usd.values()):.2f}")
    console.print(table)


def save_pictures(seen: Seen, folder: Path) -> Sequence[Path]:
    """The day in four charts."""
    minutes = seen.per_minute
    charts = {
        "pushes": picture("Pushes", {"each minute": minutes["pushes"]}, ""),
        "functions": picture(
            "Functions at once",
            {"at the door": minutes["at the door"], "in workers": minutes["in workers"]},
            "",
        ),
        "waiting": picture("Jobs that wait", {"waiting": minutes["waiting"]}, ""),
        "first-text": picture(
            "Slowest first text of a slow answer", {"by minute": minutes["slowest first text"]}, "s"
        ),
    }
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{name}.svg" for name in charts]
    for file, chart in zip(files, charts.values(), strict=True):
        file.write_text(chart + "\n", encoding="utf-8")
    return files


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def _percentiles(waits: "array[float]") -> tuple[float, float]:
    ordered = sorted(waits)
    return ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 3600:02}:{int(seconds) % 3600 // 60:02}"
