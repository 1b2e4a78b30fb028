"""Ports on loopback: free, taken, answering."""

import itertools
import secrets
import socket
from collections.abc import Iterator
from contextlib import suppress

from simulator.language import Language

from .environment import HOST
from .processes import Failed


def refuse_taken(port: int, wanted_by: str, variable: str, program: str = "make run") -> None:
    """Raises Failed, which says what to type, if nobody can listen on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            refused = Language.of().says(
                "{wanted_by}要用的端口 {port} 无法使用，可能已被占用。"
                "请换一个：{program} {variable}=<端口>",
                wanted_by=wanted_by,
                port=port,
                why=error.strerror,
                program=program,
                variable=variable,
            )
            raise Failed(refused) from error


def answers(port: int) -> bool:
    """Whether something listens on `port`."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


_FIRST, _LAST = 20_000, 32_000
"""Below the ports of outgoing connections, one of which could take a port before we listen."""
_start = _FIRST + secrets.randbelow(_LAST - _FIRST)
_candidates: Iterator[int] = itertools.cycle([*range(_start, _LAST), *range(_FIRST, _start)])


def free() -> int:
    """A port on which nobody listens at this moment, another one each time."""
    for port in _candidates:
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise AssertionError("a cycle does not end")
