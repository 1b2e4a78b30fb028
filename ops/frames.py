"""Which frames of an exception an operator reads: those of the team's code."""

import re
from collections.abc import Sequence

import click

_CODE = re.compile(r'(?<=File ")(?:/var/task|[^"]*/ministack-lambda-[^/"]+/code)/')
"""Where Lambda has the code of a function, and where a rehearsal has it: elsewhere for each try."""
_OF_THE_TEAM = ("chalicelib/handlers/", 'File "app.py"')
AGAIN = "the same cause as above"
"""Instead of a cause that was shown already."""

every = click.option("--frames", "every", is_flag=True, help="Show the framework's frames, too.")
"""Of commands that show a cause."""


def shown(cause: Sequence[str]) -> list[str]:
    """The exceptions of a cause with the frames of the team's code, or the last one if none is."""
    lines = within_code(cause)
    ours = [each for each in lines if any(place in each for place in _OF_THE_TEAM)]
    kept = ours or [each for each in lines if _is_frame(each)][-1:]
    return [each for each in lines if not _is_frame(each) or each in kept]


def within_code(cause: Sequence[str]) -> list[str]:
    """The whole cause, with each file as it is named in the project."""
    return [_CODE.sub("", each) for each in cause]


def _is_frame(line: str) -> bool:
    return line.lstrip().startswith("File ")
