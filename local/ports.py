"""Ports on loopback: free, taken, answering."""

import socket

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


_GIVEN: set[int] = set()


def free() -> int:
    """A port on which nobody listens at this moment, another one each time."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    if port in _GIVEN:
        return free()
    _GIVEN.add(port)
    return port
