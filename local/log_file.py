"""The logs that `make run` keeps of the backend and the worker, in `.local/`."""

import time
from collections.abc import Callable
from pathlib import Path

from ops.log_lines import readable

LARGEST = 4_000_000
"""The most characters in a log file; one older file of the same size is kept beside it."""


def kept(path: Path, largest: int = LARGEST) -> Callable[[str], str]:
    """A function that writes each line to the log at `path` and returns it as `readable` does.

    Each line follows the time at which it came. Each run starts a new log. A log that has grown
    to `largest` becomes the older file, in place of the one before.
    """
    path.write_text("")
    path.with_suffix(".old").unlink(missing_ok=True)

    def keep(line: str) -> str:
        if path.stat().st_size > largest:
            path.replace(path.with_suffix(".old"))
        with path.open("a", errors="replace") as log:
            log.write(f"{time.time():.3f} {line}\n")
        return readable(line)

    return keep
