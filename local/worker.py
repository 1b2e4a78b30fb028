"""`python -m local.worker`: does the jobs of each queue by a function of app.py, as Lambda does.

A handler runs in a process of its own, which is killed when Lambda would kill it. When the worker
is asked to end, it finishes what it can and returns the other jobs to their queue at once, so that
the next worker gets them.
"""

import gc
import importlib
import os
import signal
import time
from threading import Event

import click

from chalicelib import config
from chalicelib.adapters import aws
from simulator.controls import Controls

from . import project
from .containers import Zygote
from .environment import STAGE
from .pump import WAIT_SECONDS, Pump

_FUNCTIONS = ("worker", "long_worker")
_LOOK = 0.2
"""Seconds between two looks at what the phone's page says."""
_GRACE = 3
"""Seconds in which jobs under way may finish after we were asked to end."""


@click.command()
@click.option("--seconds", type=float, help="What a job may take, instead of the function's own.")
def main(seconds: float | None) -> None:
    """Works on the queues of the project in this directory until it is asked to end."""
    with project.problems_shown():
        stage = project.load(STAGE)
        app, bootstrap = (importlib.import_module(name) for name in ("app", "chalicelib.bootstrap"))
        for name in _FUNCTIONS:
            getattr(bootstrap, name)()  # as INIT does on Lambda, and once for all containers
    gc.freeze()  # so that containers share what is there
    zygote = Zygote({name: getattr(app, name) for name in _FUNCTIONS})
    sqs, stopped = aws.client("sqs", WAIT_SECONDS + 10), Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    settings = config.read(os.environ)
    queues = {
        "worker": (settings.jobs_queue, settings.jobs_at_once),
        "long_worker": (settings.long_queue, settings.long_at_once),
    }
    pumps = []
    for name, (queue, at_once) in queues.items():
        limit = seconds or stage.scope(STAGE, name).lambda_timeout
        pumps.append(Pump(sqs, zygote, name, queue, at_once, limit, stopped))
    _work(pumps, stopped)


def _work(pumps: list[Pump], stopped: Event) -> None:
    for pump in pumps:
        pump.start()
    while not stopped.wait(_LOOK):
        if Controls.load().worker_killed:
            _crash(stopped)
    deadline = time.monotonic() + _GRACE
    for pump in pumps:
        pump.end(deadline)


def _crash(stopped: Event) -> None:
    """Ends like a process that is killed, with the jobs that it holds.

    It first lets an open request to a queue end, because a job in its answer would be lost.
    """
    stopped.set()
    time.sleep(WAIT_SECONDS + _LOOK)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
