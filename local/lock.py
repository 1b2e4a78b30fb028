"""One program of a kind in a folder at a time, because each keeps its state there."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.language import Language

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
            taken = Language.of().says(
                "这个目录里已有一个 `{program}` 在运行：请直接用它，或按 Ctrl-C 结束它；"
                "另开一个要换目录。",
                program=program,
            )
            raise Failed(taken) from error
        yield
