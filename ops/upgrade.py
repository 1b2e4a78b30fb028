"""`upgrade`: `.chalice/` gets what this release needs, for every stage."""

from collections.abc import Sequence
from pathlib import Path

import click

from . import terminal, upgrades
from .target import Target, read_config
from .upgrades import Change


@click.command()
def upgrade() -> None:
    """Complete .chalice/ for this release.

    Adds to every stage the environment variables that it lacks, and makes the policies what the
    framework's functions need now. Statements whose Sid begins with Own stay, and so does all
    else that is yours. Commit what it writes, and deploy.

    \b
    python -m ops upgrade

    Each line that it prints is a change: + added, ~ changed, - removed. Running it again changes
    nothing.

    Exit codes: 0 complete, 1 it could not be done, and the message says why, 2 misused.
    """
    project = Path.cwd()
    stages = read_config(project / ".chalice" / "config.json").get("stages", {})
    show([each for stage in stages for each in upgrades.complete(Target(stage, project))])


def show(changes: Sequence[Change]) -> None:
    """Says what was changed, and what to do with it."""
    for change in changes:
        for difference in change.differences:
            terminal.show(difference)
    terminal.note("Commit these changes." if changes else "Nothing to change.", "green")
