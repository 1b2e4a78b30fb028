"""What this process and its fake have in common; in the real one time passes by itself."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeAlias

import pytest

from chalicelib.adapters.process import ThisProcess
from chalicelib.ports import Process
from chalicelib.router.route import Interrupted
from tests.fakes import Clock, Ended, FakeProcess

SOON = 0.02
"""Seconds until something happens beside an action."""
LONG = 0.2


@dataclass
class Machine:
    """A process, and how time passes in it."""

    process: Process
    sleep: Callable[[float], None]
    happened: list[str] = field(default_factory=list)

    def interrupted_soon(self) -> None:
        """An interruption comes from beside, once."""
        self.process.beside(lambda: self.process.interrupt(Interrupted()), SOON)

    def works(self) -> None:
        """Does many short things."""
        for _ in range(20):
            self.sleep(LONG / 20)
        self.happened.append("worked")


Test: TypeAlias = Callable[[Machine], None]
"""What is tested; it runs in the thread that the fixture says."""


def in_memory(test: Test) -> None:
    clock = Clock(0)
    test(Machine(FakeProcess(clock), clock.sleep))


def in_main_thread(test: Test) -> None:
    assert threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGUSR1)
    try:
        test(Machine(ThisProcess(), time.sleep))
    finally:
        signal.signal(signal.SIGUSR1, before)


def in_another_thread(test: Test) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(test, Machine(ThisProcess(), time.sleep)).result()


Where: TypeAlias = Callable[[Test], None]


@pytest.fixture(params=[in_memory, in_main_thread, in_another_thread])
def where(request: pytest.FixtureRequest) -> Where:
    where: Where = request.param
    return where


@pytest.fixture(params=[in_main_thread, in_another_thread])
def where_real(request: pytest.FixtureRequest) -> Where:
    where: Where = request.param
    return where


def test_run_gives_what_its_action_does(where: Where) -> None:
    def test(machine: Machine) -> None:
        assert machine.process.run(lambda: "done") == "done"
        with pytest.raises(LookupError):
            machine.process.run({}.popitem)

    where(test)


def test_a_call_beside_is_made_after_its_time_and_again_after_what_it_returns(
    where: Where,
) -> None:
    def test(machine: Machine) -> None:
        pauses: list[float | None] = [SOON, None, SOON]

        def call() -> float | None:
            machine.happened.append("called")
            return pauses.pop(0)

        machine.process.beside(call, LONG)
        assert machine.happened == []
        machine.sleep(2 * LONG)
        assert machine.happened == ["called", "called"]

    where(test)


def test_a_call_beside_is_not_made_after_its_stop(where: Where) -> None:
    def test(machine: Machine) -> None:
        beside = machine.process.beside(lambda: machine.happened.append("called"), LONG)
        beside.stop(wait=False)
        machine.sleep(2 * LONG)
        assert machine.happened == []

    where(test)


def test_a_stop_that_waits_returns_after_the_call_under_way() -> None:
    begun, ended = threading.Event(), threading.Event()

    def call() -> None:
        begun.set()
        time.sleep(LONG / 2)
        ended.set()

    beside = ThisProcess().beside(call, 0)
    begun.wait()
    beside.stop(wait=False)
    assert not ended.is_set()
    beside.stop(wait=True)
    assert ended.is_set()


def test_an_interruption_ends_an_action_and_no_handler_of_exceptions_holds_it_back(
    where: Where,
) -> None:
    def test(machine: Machine) -> None:
        def action() -> None:
            with suppress(Exception):
                machine.works()
            machine.happened.append("went on")

        machine.interrupted_soon()
        with pytest.raises(Interrupted):
            machine.process.run(action)
        assert machine.happened == []

    where(test)


def test_an_action_that_goes_on_can_be_interrupted_again(where: Where) -> None:
    def test(machine: Machine) -> None:
        def action() -> None:
            with suppress(BaseException):
                machine.works()
            machine.interrupted_soon()
            machine.works()

        machine.interrupted_soon()
        with pytest.raises(Interrupted):
            machine.process.run(action)
        assert machine.happened == []

    where(test)


def test_an_interruption_while_nothing_runs_reaches_neither_other_code_nor_the_next_action(
    where: Where,
) -> None:
    def test(machine: Machine) -> None:
        machine.process.run(lambda: None)
        machine.interrupted_soon()
        machine.works()
        machine.process.run(machine.works)
        assert machine.happened == ["worked", "worked"]

    where(test)


def test_an_interruption_ends_a_read_that_waits_for_the_network_at_once() -> None:
    def test(machine: Machine) -> None:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.settimeout(5)
            machine.interrupted_soon()
            with pytest.raises(Interrupted):
                machine.process.run(lambda: ours.recv(1))

    in_main_thread(test)


def test_an_interruption_ends_an_action_after_an_earlier_one_has_taken_its_signal() -> None:
    def test(machine: Machine) -> None:
        machine.process.run(lambda: signal.signal(signal.SIGUSR1, signal.SIG_IGN))
        machine.interrupted_soon()
        with pytest.raises(Interrupted):
            machine.process.run(machine.works)

    in_main_thread(test)


@contextmanager
def often_interrupted(process: Process) -> Iterator[None]:
    """Interruptions come all the time, also at the very end of an action."""
    ended = threading.Event()

    def interrupt() -> None:
        while not ended.is_set():
            process.interrupt(Interrupted())
            time.sleep(0)

    thread, usual = threading.Thread(target=interrupt), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        sys.setswitchinterval(usual)


def test_an_interruption_that_meets_the_end_of_an_action_leaves_by_run_or_not_at_all(
    where_real: Where,
) -> None:
    def test(machine: Machine) -> None:
        until = time.monotonic() + LONG
        with often_interrupted(machine.process):
            while time.monotonic() < until:
                try:
                    machine.process.run(lambda: time.sleep(0))
                except Interrupted:
                    machine.happened.append("interrupted")
        assert machine.happened

    where_real(test)


@pytest.mark.parametrize("before", ["", "sys.stdout.close()"], ids=["usual", "output closed"])
def test_an_ended_process_has_failed_and_has_written_what_it_said(before: str) -> None:
    code = f"""
import sys, time
from chalicelib.adapters.process import ThisProcess
print("said", end="")
{before}
process = ThisProcess()
process.beside(process.end, 0)
time.sleep(5)
"""
    ended = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stdout) == (1, b"said")


def test_in_memory_a_process_ends_by_what_nothing_catches() -> None:
    with pytest.raises(Ended):
        FakeProcess(Clock(0)).end()
