"""`function`: Lambda functions of the team's own, such as schedules."""

from pathlib import Path

import click

from . import functions
from .upgrade import show


@click.group("function")
def group() -> None:
    """Describe Lambda functions of your own.

    A schedule in app.py is a function besides the framework's. Each stage has to know it.
    """


@group.command()
@click.argument("name")
def add(name: str) -> None:
    """Make the function NAME of app.py known to every stage.

    It gets a policy, with which it may use what chalicelib.bootstrap offers to code of your own,
    and a time for which its log is kept. Commit what this writes, and deploy. What else the
    function may do goes into its policy, as statements whose Sid begins with Own.

    \b
    python -m ops function add morning

    Running it again changes nothing. A name that app.py does not define is refused.

    Exit codes: 0 known, 1 it could not be done, and the message says why, 2 misused.
    """
    show([*functions.add(name, Path.cwd())])
