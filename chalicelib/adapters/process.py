"""This process, as it does one job after another: threads beside a handler, and how it ends.

Lambda runs handlers in the main thread, where a signal interrupts even what waits for the network.
In another thread an interruption waits until the handler runs Python code again.
"""

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

from .. import log
from ..ports import Beside

T = TypeVar("T")

_SIGNAL = signal.SIGUSR1
_FAILED = 1
"""The exit code that tells Lambda that the process has failed."""


class ThisProcess:
    """The process that this code runs in; `run` runs one action at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._reason: BaseException | None = None

    def run(self, action: Callable[[], T]) -> T:
        if _in_main_thread() and signal.getsignal(_SIGNAL) != self._signalled:
            signal.signal(_SIGNAL, self._signalled)
        try:
            self._thread = threading.get_ident()
            return action()
        finally:
            self._thread = None  # first of all: from here on a signal is passed over
            self._take_back()

    def interrupt(self, reason: BaseException) -> None:
        with self._lock:  # run() does not return before the interruption is on its way
            thread, self._reason = self._thread, reason
            if thread is None:
                return
            if thread == threading.main_thread().ident:
                signal.pthread_kill(thread, _SIGNAL)
            else:
                _raise_in(thread, ctypes.py_object(type(reason)))

    def beside(self, call: Callable[[], float | None], after: float) -> Beside:
        return _Calls(call, after)

    def end(self) -> None:
        try:
            sys.stdout.flush()
        finally:  # also when a handler has closed it
            os._exit(_FAILED)

    def _signalled(self, _number: int, _frame: object) -> None:
        reason, self._reason = self._reason, None
        if self._thread is not None and reason is not None:
            raise reason

    def _take_back(self) -> None:
        """Lets no interruption that is on its way reach what comes after the action."""
        with self._lock:
            self._reason = None
            if not _in_main_thread():
                _raise_in(threading.get_ident(), None)


class _Calls:
    """Calls that a thread makes."""

    def __init__(self, call: Callable[[], float | None], after: float) -> None:
        self._call = call
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, args=[after], daemon=True)
        self._thread.start()

    def stop(self, *, wait: bool) -> None:
        self._stopped.set()
        if wait:
            self._thread.join()

    def _run(self, after: float) -> None:
        pause: float | None = after
        while pause is not None and not self._stopped.wait(pause):
            try:
                pause = self._call()
            except Exception as error:  # noqa: BLE001 - nothing else would tell of it
                log.error("what goes on beside a handler failed", None, error)
                return


def _raise_in(thread: int, kind: "ctypes.py_object[type[BaseException]] | None") -> None:
    """Raises an exception when `thread` next runs Python code; None takes back what waits."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), kind)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
