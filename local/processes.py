"""Child processes, each of which ends with this one, as does everything that it starts."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import IO, Self

from simulator.language import Language

PATIENCE = 10
"""Seconds in which a child may end by itself."""
LONGEST_START = 30
"""Seconds in which a child has to be ready."""

_LAST_LINES = 15


class Failed(Exception):
    """It cannot run like this; the message says why and what to do."""


class Stopped(Exception):
    """Somebody asked us to stop: Ctrl-C, Ctrl-\\, SIGTERM, or a closed terminal."""


class Child:
    """One process with all that it starts. Leaving the `with` block ends it.

    It has a session of its own, so that Ctrl-C reaches only us and we choose the order in which
    children end. Its output goes to `log`, or line by line through `shown`, or where ours goes.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path | None = None,
        shown: Callable[[str], str] | None = None,
    ) -> None:
        self.name = name
        self._command = command
        self._environment = environment
        self._log = log
        self._shown = shown
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.restart()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def restart(self) -> None:
        """Ends it if it runs, and starts it again."""
        self.close()
        self._process = self._started()
        if self._process.stdout and self._shown:
            Thread(target=_show, args=(self._process.stdout, self._shown), daemon=True).start()

    def exited(self) -> bool:
        """Whether it ended by itself."""
        return self._process is not None and self._process.poll() is not None

    def check(self) -> None:
        """Raises Failed, with the end of its log, if it has exited."""
        if self.exited():
            ended = Language.of().says("{name}意外结束（{how}）。", name=self.name, how=self._how())
            raise Failed(ended + self._end_of_log())

    def close(self) -> None:
        """Ends it if it runs, with all that it started."""
        process, self._process = self._process, None
        if process is None:
            return
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        _signal(process, signal.SIGKILL)
        process.wait()

    def _started(self) -> subprocess.Popen[bytes]:
        log = self._log.open("wb") if self._log else None
        output = subprocess.PIPE if self._shown else log
        try:
            return subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
            )
        finally:
            if log:
                log.close()

    def _how(self) -> str:
        code = self._process.returncode if self._process else 0
        if code < 0:
            return signal.Signals(-code).name
        return Language.of().says("退出码 {code}", code=code)

    def _end_of_log(self) -> str:
        if not self._log:
            return ""
        lines = self._log.read_text(errors="replace").splitlines()[-_LAST_LINES:]
        heading = Language.of().says("{log} 的末尾：", log=self._log)
        return "\n".join([f" {heading}", *lines])


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _show(output: IO[bytes], shown: Callable[[str], str]) -> None:
    with output:
        for line in output:
            with suppress(OSError):  # if the terminal is gone, the child must still not wait for us
                print(shown(line.decode(errors="replace").rstrip("\n")), flush=True)


def asked_to_stop() -> Event:
    """An event that is set when Ctrl-C, Ctrl-\\, SIGTERM or a closed terminal asks us to stop.

    Nothing is interrupted, because an exception between any two lines could lose a child.
    """
    stop = Event()
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    return stop


def wait_until(ready: Callable[[], bool], child: Child, stop: Event) -> None:
    """Returns once `child` is ready. Raises Failed or Stopped."""
    deadline = time.monotonic() + LONGEST_START
    while not ready():
        if stop.wait(0.02):
            raise Stopped  # checked first, because Ctrl-C also ends a child that is just starting
        child.check()
        if time.monotonic() > deadline:
            silent = Language.of().says(
                "{name}在 {seconds} 秒内没有响应。", name=child.name, seconds=LONGEST_START
            )
            raise Failed(silent)
