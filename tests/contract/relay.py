"""Stands between a client and AWS, and lets the connections die that the client keeps."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Barrier, Thread
from urllib.parse import urlsplit

CHUNK = 65536
_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: the connection ends with a reset."""


class Relay(ThreadingTCPServer):
    """Passes connections on; of those that `die`, the next bytes are lost."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, endpoint: str) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        url = urlsplit(endpoint)
        self.there = (url.hostname or "", url.port or 0)
        host = f"127.0.0.1:{self.server_address[1]}"
        self.address = f"http://{host}"
        self.hosts = (host.encode(), url.netloc.encode())
        """Which host the requests name, and which AWS expects."""
        self.connections: list[_Connection] = []
        self.broken = False
        """Whether new connections are dead, too."""
        self.meeting = Barrier(1)
        """Where requests wait for one another before they are passed on."""

    def die(self, *, silently: bool = False) -> None:
        """The connections of now die: with a reset, or so that nobody ever answers."""
        for each in self.connections:
            each.dead, each.silent = True, silently


class _Connection(BaseRequestHandler):
    server: Relay
    request: socket.socket
    dead = silent = False

    def handle(self) -> None:
        self.server.connections.append(self)
        self.dead = self.server.broken
        with socket.create_connection(self.server.there) as there, suppress(OSError):
            back = Thread(target=_pass_on, args=[there, self.request], daemon=True)
            back.start()
            while data := self.request.recv(CHUNK):
                if self.dead and not self.silent:
                    self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                    self.request.close()
                    return
                if not self.dead:
                    if data.startswith(b"POST"):
                        self.server.meeting.wait()
                    there.sendall(data.replace(*self.server.hosts))


def _pass_on(here: socket.socket, there: socket.socket) -> None:
    with suppress(OSError):
        while data := here.recv(CHUNK):
            there.sendall(data)


@contextmanager
def relay(endpoint: str) -> Iterator[Relay]:
    """A relay to `endpoint` on loopback."""
    with Relay(endpoint) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        yield server
        server.shutdown()
        thread.join()
