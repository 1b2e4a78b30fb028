"""One program of a kind in a folder at a time, because each keeps its state there."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import Failed


@contextmanager
def held(path: Path, program: str = "make run") -> Iterator[None]:
    """Holds the lock in `path`, which ends with this process, however it ends.

    Raises Failed, which says what to do, if another process holds it.
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
