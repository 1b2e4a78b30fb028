"""`make bench`: runs the measurements, prints their tables, and checks their bounds."""

import sys
from collections.abc import Callable, Mapping, Sequence

import click
from rich.console import Console

from . import acknowledgement, cold_start, first_text, jobs, push_cpu, report
from .comparison import Judged
from .crowd.command import main as crowd


def _push(console: Console, seconds: float) -> list[Judged]:
    share = seconds / len(push_cpu.MODES)
    comparisons = [push_cpu.measure(mode, share) for mode in push_cpu.MODES]
    for comparison in comparisons:
        report.show(console, comparison)
    return [*comparisons]


def _acknowledgement(console: Console, seconds: float) -> list[Judged]:
    latencies = acknowledgement.measure(seconds)
    report.show_latencies(console, latencies)
    return [latencies]


def _jobs(console: Console, seconds: float) -> list[Judged]:
    measured = jobs.measure(seconds)
    report.show_jobs(console, measured)
    return [measured.latencies]


def _stream(console: Console, seconds: float) -> list[Judged]:
    latencies = first_text.measure(seconds)
    report.show_latencies(console, latencies)
    return [latencies]


def _cold(console: Console, seconds: float) -> list[Judged]:
    console.print("Packing the functions as a deploy does ...")
    cold = cold_start.measure(seconds)
    report.show_cold_starts(console, cold)
    return [cold]


_PARTS: Mapping[str, Callable[[Console, float], list[Judged]]] = {
    "push": _push,
    "acknowledgement": _acknowledgement,
    "jobs": _jobs,
    "stream": _stream,
    "cold": _cold,
}


@click.command(epilog="Exits with 1 when a bound is missed.")
@click.argument("parts", nargs=-1, type=click.Choice(list(_PARTS)), metavar="[PART]...")
@click.option(
    "--seconds",
    type=click.FloatRange(min=2),
    default=15.0,
    show_default=True,
    help="How long to measure each part. Longer gives steadier numbers.",
)
def main(parts: Sequence[str], seconds: float) -> None:
    """Measures what wechalice costs on this machine: all parts, or the named ones.

    push: the CPU time of one push, from the API Gateway event to the answer, in safe and in
    plaintext mode. The answer repeats the user's text. It is made by wechalice with its log
    line, by wechatpy on Chalice and on Flask, by the least code that works, and by a Chalice
    view that does nothing. They take turns in batches of fresh pushes. Ratios are taken within
    a round, so that a machine that slows down slows both sides.

    acknowledgement: the wall time of one push on an idempotent, a recorded and a slow route,
    with a MiniStack of its own, beside the same calls made by boto3 alone. They take turns push
    by push.

    jobs: how many jobs a second one thread of the worker does, with a MiniStack and the
    simulator's API server, and which calls one job makes.

    stream: the time from a job to the first text of a stream, and to the text of a slow route,
    beside the same calls made by boto3 and requests alone. One stream comes at a model's pace.

    cold: the time of a cold start under Lambda's runtime client (INIT and the first push in
    safe mode) and its memory. It compares the zip that `python -m ops deploy` ships with the
    usual way to write the same, a bare Chalice app with the same AWS clients, and a function
    that does nothing. They start in turns. Packing them downloads wheels from the package index.

    The answers are checked too, outside the time that is measured.
    """
    console = Console(highlight=False)
    judged = [each for part in parts or _PARTS for each in _PARTS[part](console, seconds)]
    verdicts = [report.judge(console, each) for each in judged]
    if not all(verdicts):
        raise SystemExit(1)


if sys.argv[1:2] == ["crowd"]:
    crowd(sys.argv[2:], prog_name="python -m bench crowd")
main(prog_name="python -m bench")
