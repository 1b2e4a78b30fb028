"""One program of a kind in a folder at a time, for all of them would keep their state there."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import Failed


@contextmanager
def held(path: Path, program: str = "make run") -> Iterator[None]:
    """Nobody else holds the lock in `path` meanwhile; it ends with us, however we end.

    Raises Failed, with what to do, when somebody does.
    """
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failed(
                f"Another `{program}` runs in this folder. Use that one, or end it with Ctrl-C; "
                "a second one needs a folder of its own."
            ) from error
        yield
