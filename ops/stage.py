"""`stage`: makes a new stage, and so a new account, with the setup of another one."""

from pathlib import Path

import click

from . import stages, terminal
from .errors import Failed


@click.command()
@click.argument("new", metavar="NAME")
@click.option("--like", default="prod", show_default=True, help="The stage to copy.")
def stage(new: str, like: str) -> None:
    """Make a new stage called NAME.

    It gets the configuration and the policies of another one, renamed.

    \b
    python -m ops stage shop
    python -m ops stage staging --like dev

    The network and the URL of the other one are not copied. Commit what it writes; then set the
    secrets of the new account, and deploy it.

    Exit codes: 0 made, 1 it failed, and the message says why, 2 misused.
    """
    try:
        written = stages.copy(new, like, Path.cwd())
    except stages.StageError as error:
        raise Failed(str(error)) from None
    for path in written:
        terminal.show(str(path.relative_to(Path.cwd())))
    terminal.note(f"Next: python -m ops secrets list --stage {new}", "green")
