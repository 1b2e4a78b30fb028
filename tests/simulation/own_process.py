"""The process of a worker, as its code sees it."""

from collections.abc import Callable
from typing import NoReturn, TypeVar

from .kernel import Kernel, Process

T = TypeVar("T")

LOOK = 0.01
"""Seconds between two looks whether a call beside has ended."""


class OwnProcess:
    """Whichever process calls it."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def run(self, action: Callable[[], T]) -> T:
        with Process.current().interruptible():
            return action()

    def interrupt(self, reason: BaseException) -> None:
        Process.current().interrupt(reason)

    def beside(self, call: Callable[[], float | None], after: float) -> "Calls":
        return Calls(self._kernel, call, after)

    def end(self) -> NoReturn:
        Process.current().die()


class Calls:
    """Calls that a thread makes beside a handler."""

    def __init__(self, kernel: Kernel, call: Callable[[], float | None], after: float) -> None:
        self._kernel = kernel
        self._call = call
        self._stopped = False
        self._under_way = False
        Process.current().beside(self._run, after)

    def stop(self, *, wait: bool) -> None:
        self._stopped = True
        while wait and self._under_way:
            self._kernel.sleep(LOOK)

    def _run(self) -> None:
        while not self._stopped:
            self._under_way = True
            try:
                pause = self._call()
            finally:
                self._under_way = False
            if pause is None:
                return
            self._kernel.sleep(pause)
