"""Output of commands: results go to standard output, all else to standard error.

The result of a command that changes AWS is all that it does, so that it is read in its order.
Questions are no result.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unicodedata import category

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDE = 160
"""The width in columns where there is no terminal."""
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Kinds of characters that a terminal obeys, or that end a line, or that cannot be written."""
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the direction in which what follows is shown."""


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
    """Shows a line beside the result, which nobody wants in a file with it."""
    _console(stderr=True).print(Text(printable(text), style=style), soft_wrap=True)


@contextmanager
def waiting(what: str) -> Iterator[Callable[[str], None]]:
    """Shows on a terminal that something takes time; call the yielded function to say more."""
    with _console(stderr=True).status(Text(what)) as status:
        yield lambda text: status.update(Text(text))


def printable(text: str) -> str:
    """`text` with control characters escaped, which a terminal would obey."""
    return "".join(
        each if is_plain(each) or each == "\n" else f"\\u{ord(each):04x}" for each in text
    )


def is_plain(text: str) -> bool:
    """Whether it is shown as it stands: emoji, joined or newer than Python, and spaces are."""
    return text.isprintable() or not any(
        category(each) in _CONTROLS or each in _TURNING for each in text
    )


def _console(*, stderr: bool = False) -> Console:
    console = Console(stderr=stderr, highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console
