"""Waiting for what must come, however slow the machine is."""

import time
from collections.abc import Callable

PATIENCE = 60
"""Seconds after which what has not come never will."""


def eventually(holds: Callable[[], object]) -> bool:
    """Whether it becomes true in time."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def wait_until(holds: Callable[[], object]) -> None:
    assert eventually(holds), "waited in vain"
