"""Which frames of an exception an operator reads: those of the team's code."""

from collections.abc import Sequence

import click

_OF_THE_TEAM = ("chalicelib/handlers/", 'File "app.py"')
AGAIN = "the same cause as above"
"""Instead of a cause that was shown already."""

every = click.option("--frames", "every", is_flag=True, help="Show the framework's frames, too.")
"""Of commands that show a cause."""


def shown(cause: Sequence[str]) -> list[str]:
    """The exceptions of a cause with the frames of the team's code, or the last one if none is."""
    lines = [each.replace("/var/task/", "") for each in cause]
    ours = [each for each in lines if any(place in each for place in _OF_THE_TEAM)]
    kept = ours or [each for each in lines if _is_frame(each)][-1:]
    return [each for each in lines if not _is_frame(each) or each in kept]


def _is_frame(line: str) -> bool:
    return line.lstrip().startswith("File ")
