"""Output of commands: results go to standard output, all else to standard error."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 160
"""The width in columns where there is no terminal."""


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
    named = any(columns)
    table = Table(*columns, box=None, show_header=named, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(each if isinstance(each, Text) else Text(printable(each)) for each in row))
    _console().print(table)


def show_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def show(text: str, style: str = "") -> None:
    """Shows a line of the result."""
    _console().print(Text(printable(text), style=style), soft_wrap=True)


def note(text: str, style: str = "") -> None:
    """Shows a line about what is going on."""
    _console(stderr=True).print(Text(printable(text), style=style), soft_wrap=True)


@contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """Shows on a terminal that something takes time; call the yielded function to say more."""
    with _console(stderr=True).status(Text(what)) as status:
        yield lambda text: status.update(Text(text))


def printable(text: str) -> str:
    """`text` with control characters escaped, which a terminal would obey."""
    return "".join(
        each if each.isprintable() or each == "\n" else f"\\u{ord(each):04x}" for each in text
    )


def _console(*, stderr: bool = False) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console
