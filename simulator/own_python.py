"""The project's own Python, which alone has the packages that the commands need."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OWN = Path(__file__).resolve().parent.parent / ".venv"


@contextmanager
def advised(command: str) -> Iterator[None]:
    """Ends `command` with how to run it, if a package is missing.

    Logs and pages tell commands as `python -m ops …`, and whoever pastes them may have another
    Python there.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if Path(sys.prefix).resolve() == _OWN.resolve():
            raise
        typed = shlex.join([*command.split(), *sys.argv[1:]])
        sys.exit(
            f"{sys.executable} lacks a package: {error}. Run it by the project's own Python, "
            f"which `make run` installs: .venv/bin/{typed}"
        )
