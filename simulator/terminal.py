"""Prints an outcome: the answer to standard output, everything else to standard error."""

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import click

from .outcome import Exchange, Outcome
from .wording import FAULT, answered, documents, heading, silence


def show(outcome: Outcome, *, verbose: bool) -> None:
    """Prints what the user reads, why deliveries failed and, if `verbose`, all exchanges."""
    for number, exchange in enumerate(outcome.exchanges, start=1):
        if verbose or exchange.failure:
            _show_heading(number, exchange)
        if verbose:
            for title, text in documents(exchange):
                _note(f"{title}：", bold=True)
                _note(_printable(text))
    if outcome.fault:
        click.secho(FAULT, fg="red")
    elif outcome.reply:
        click.echo(_printable(answered(outcome.reply)))
    else:
        _note(f"（{silence(outcome)}）", dim=True)


def show_faults(faults: Sequence[Mapping[str, Any]]) -> None:
    """Prints each fault: whether it is on, its name, and what it does."""
    for fault in faults:
        state = click.style("on ", fg="red") if fault["on"] else "off"
        click.echo(f"{state}  {fault['name']:<20}{fault['explanation']}")


def show_replay(steps: Sequence[Mapping[str, Any]]) -> None:
    """Prints each step of a replay, and for a different one what the user read instead."""
    for step in steps:
        same = step["result"] == "same"
        mark = click.style("same     " if same else "different", fg="green" if same else "red")
        click.echo(f"{mark}  {_printable(step['text'])}")
        if not same:
            for title in ("expected", "actual"):
                click.echo(f"  {title}:")
                click.echo(textwrap.indent(_printable(_read(step[title])), " " * 4))


def show_schedules(schedules: Sequence[Mapping[str, Any]]) -> None:
    """Prints the name of each schedule, and its rule."""
    for schedule in schedules:
        click.echo(f"{schedule['name']:<20}{schedule['rule']}")


def show_run(run: Mapping[str, Any]) -> None:
    """Prints what a schedule has printed, and whether it returned."""
    click.echo(_printable(run["output"]), nl=False)
    _note("returned" if run["returned"] else "failed", fg="green" if run["returned"] else "red")


def _read(reading: Mapping[str, Any]) -> str:
    """What the user read in a step, with late answers at the end."""
    answer = str(reading["answer"].get("text")) if reading["answer"] else "（没有回复）"
    late = (f"（客服消息）{each['text']}" for each in reading["late"])
    return "\n".join([FAULT if reading["fault"] else answer, *late])


def _show_heading(number: int, exchange: Exchange) -> None:
    words = "　".join(filter(None, [heading(number, exchange), exchange.reason]))
    _note(words, fg="red" if exchange.failure else "green")


def _note(text: str, **style: str | bool) -> None:
    click.secho(text, err=True, **style)  # type: ignore[arg-type]  # click's own style names


def _printable(text: str) -> str:
    """`text` without control characters, which a terminal would obey."""
    return "".join(
        each if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs") else "\ufffd"
        for each in text
    )
