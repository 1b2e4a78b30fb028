"""Containers: the processes in which a function of app.py runs, as on Lambda.

    zygote     has imported app.py and forks a container whenever one is asked for
    container  runs one event at a time in its main thread, and then waits for the next

The zygote has one thread only, because a fork copies no other. A container starts at once and
shares the zygote's memory. Both end with the process that asked for them.
"""

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeAlias

from simulator.lambda_context import Context

from .environment import STAGE

_START = 0
"""What asks the zygote for a container, where the number of a process asks how it ended."""


Function: TypeAlias = Callable[[Any, Context], object]


class TimedOut(Exception):
    """The function's time was over before it returned, so its container was killed."""


class Exited(Exception):
    """The container ended in the middle of an event; the message says how."""


class Zygote:
    """Forks containers for `functions`, by name. Make it before any thread is started."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._asked, asking = Pipe()
        self._lock = Lock()
        if os.fork() == 0:
            self._asked.close()
            _serve(asking, functions)
        asking.close()

    def container(self, name: str) -> "Container":
        """A new container for the function of that name."""
        with self._lock:
            self._asked.send((_START, name))
            return Container(self, self._asked.recv(), Connection(recv_handle(self._asked)))

    def end_of(self, pid: int) -> int:
        """The exit code of a container that has ended; negative for a signal."""
        with self._lock:
            self._asked.send((pid, ""))
            code: int = self._asked.recv()
        return code


@dataclass(frozen=True, eq=False)
class Container:
    """One process that runs one event at a time."""

    zygote: Zygote
    pid: int
    connection: Connection

    def run(self, event: Any, seconds: float) -> bool:
        """Whether the function returns; if not, it raised. Raises TimedOut, or Exited."""
        with suppress(OSError):
            self.connection.send((event, time.time() + seconds))
        if not self.connection.poll(seconds):
            self.end()
            raise TimedOut
        try:
            returned: bool = self.connection.recv()
        except (EOFError, OSError):
            raise Exited(_described(self.end())) from None
        return returned

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Ends it unless it has ended by itself, and returns its exit code."""
        self.kill()
        self.connection.close()
        return self.zygote.end_of(self.pid)


def _serve(asking: Connection, functions: Mapping[str, Function]) -> None:
    """What the zygote does, until the other end is closed."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)  # the process that asks decides when we end
    with suppress(EOFError, OSError):
        while True:
            pid, name = asking.recv()
            if pid == _START:
                _fork(asking, functions[name], name)
            else:
                asking.send(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os._exit(0)


def _fork(asking: Connection, function: Function, name: str) -> None:
    ours, theirs = Pipe()
    pid = os.fork()
    if pid == 0:
        ours.close()
        asking.close()
        _run(theirs, function, f"wechalice-{STAGE}-{name}")
    theirs.close()
    asking.send(pid)
    with ours:
        send_handle(asking, ours.fileno(), os.getppid())


def _run(connection: Connection, function: Function, name: str) -> None:
    """What a container does."""
    events: SimpleQueue[tuple[Any, float]] = SimpleQueue()
    Thread(target=_receive, args=(connection, events), daemon=True).start()
    try:
        while True:
            event, deadline = events.get()
            returned = _returns(function, event, Context(name, deadline))
            sys.stdout.flush()
            connection.send(returned)
    except BaseException:  # noqa: BLE001 - such as SystemExit, which ends a container of Lambda's, too
        traceback.print_exc()
    finally:
        os._exit(1)


def _receive(connection: Connection, events: SimpleQueue[tuple[Any, float]]) -> None:
    """Ends the container, whatever it does, once the other end is closed."""
    with suppress(EOFError, OSError):
        while True:
            events.put(connection.recv())
    os._exit(0)


def _returns(function: Function, event: Any, context: Context) -> bool:
    try:
        function(event, context)
    except Exception as error:  # noqa: BLE001 - Lambda continues whatever a function raises
        if type(error).__name__ != "JobFailed":  # a job that failed has logged it already
            traceback.print_exception(error)
        return False
    return True


def _described(code: int) -> str:
    return f"signal: {signal.Signals(-code).name}" if code < 0 else f"exit status {code}"
