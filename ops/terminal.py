"""How commands speak: what was asked for on standard output, all else on standard error."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 160
"""Columns where no terminal tells how many it has."""


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
    named = any(columns)
    table = Table(*columns, box=None, show_header=named, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(each if isinstance(each, Text) else Text(printable(each)) for each in row))
    _console().print(table)


def show_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def show(text: str, style: str = "") -> None:
    """A line of what was asked for."""
    _console().print(Text(printable(text), style=style), soft_wrap=True)


def note(text: str, style: str = "") -> None:
    """A line about what is going on."""
    _console(stderr=True).print(Text(printable(text), style=style), soft_wrap=True)


@contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """Shows on a terminal that something takes its time; call what it gives to say more."""
    with _console(stderr=True).status(Text(what)) as status:
        yield lambda text: status.update(Text(text))


def printable(text: str) -> str:
    """`text` without what a terminal would obey."""
    return "".join(
        each if each.isprintable() or each == "\n" else f"\\u{ord(each):04x}" for each in text
    )


def _console(*, stderr: bool = False) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console
