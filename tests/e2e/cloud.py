"""An AWS on loopback, for tests that ask it in the ways of this process's environment."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from threading import Event

import pytest

from local import ministack, ports
from local.cloud import aws
from local.processes import wait_until

_WAITERS = Path("lambda", "2015-03-31", "waiters-2.json")


@contextmanager
def running(directory: Path) -> Iterator[str]:
    """Where its domain is; it keeps its files in `directory`, and whatever asks AWS now asks it."""
    port = ports.free()
    isolated = aws.isolated(os.environ, port)
    with (
        aws.child(port, directory, "tests.e2e.emulator") as process,
        pytest.MonkeyPatch.context() as own,
    ):
        wait_until(lambda: ministack.ready(port), process, Event())
        for name in os.environ.keys() - isolated.keys():
            own.delenv(name)
        for name, value in isolated.items():
            own.setenv(name, value)
        own.setenv("AWS_DATA_PATH", str(_with_quick_waiters(directory / "botocore")))
        own.delenv("WECHAT_API_URL", raising=False)
        yield aws.site(port)


def _with_quick_waiters(directory: Path) -> Path:
    """Models of botocore with waiters that look at a function often, not every five seconds."""
    waiters = json.loads(files("botocore").joinpath("data", str(_WAITERS)).read_text())
    for waiter in waiters["waiters"].values():
        waiter.update(delay=0.1, maxAttempts=600)
    file = directory / _WAITERS
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(waiters))
    return directory
