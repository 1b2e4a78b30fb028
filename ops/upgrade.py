"""`upgrade`: `.chalice/` gets what this release needs, for every stage."""

from collections.abc import Sequence
from pathlib import Path

import click

from . import conflicts, terminal, upgrades
from .target import Target, read_config
from .upgrades import Change


@click.command()
def upgrade() -> None:
    """Complete .chalice/ for this release.

    Adds to every stage the environment variables that it lacks, and makes the policies what the
    framework's functions need now. Statements whose Sid begins with Own stay, and so does all
    else that is yours. Commit what it writes, and deploy.

    Run it after `git merge`, also where that stopped with conflicts in .chalice/, because the
    release changed a setting that you had changed: yours stays.

    \b
    python -m ops upgrade

    Each line that it prints is a change: + added, ~ changed, - removed; or = for a setting of
    yours that stays, though the release has another value. Running it again changes nothing.

    Exit codes: 0 complete, 1 it could not be done, and the message says why, 2 misused.
    """
    project = Path.cwd()
    resolved = conflicts.resolve(project)
    stages = read_config(project / ".chalice" / "config.json").get("stages", {})
    added = [each for stage in stages for each in upgrades.complete(Target(stage, project))]
    show([*resolved, *added])


def show(changes: Sequence[Change]) -> None:
    """Says what was changed, and what to do with it."""
    for change in changes:
        for difference in change.differences:
            terminal.show(difference)
    terminal.note("Commit these changes." if changes else "Nothing to change.", "green")
