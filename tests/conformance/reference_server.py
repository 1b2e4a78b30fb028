"""Serves the reference backend on loopback."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import cast
from urllib.parse import parse_qsl, urlsplit

from conformance.account import Mode
from tests.conformance.reference import Reference, Reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, reference: Reference, modes: Mapping[str, Mode]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.reference = reference
        self.modes = modes

    def handle_error(self, request: object, client_address: object) -> None:
        """WeChat may hang up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._reply(b"")

    def do_POST(self) -> None:
        self._reply(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _reply(self, body: bytes) -> None:
        try:
            reply = self._answer(body)
        except Exception:  # noqa: BLE001 - what a broken backend shows
            reply = Reply(500, "text/plain", b"Traceback")
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self.wfile.write(reply.body)

    def _answer(self, body: bytes) -> Reply:
        server = cast("_Server", self.server)
        url = urlsplit(self.path)
        query = parse_qsl(url.query, keep_blank_values=True)
        mode = server.modes.get(url.path)
        if url.path == "/rotate":
            return server.reference.rotate(dict(query))
        if mode is None:
            cookie, host = self.headers.get("Cookie", ""), self.headers["Host"]
            status, headers = server.reference.site.visit(url.path, dict(query), cookie, host)
            return Reply(status, "text/plain", b"", headers)
        if self.command == "GET":
            return server.reference.get(query)
        return server.reference.post(query, body, mode, self.headers.get("Content-Type", ""))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def serving(reference: Reference, modes: Mapping[str, Mode]) -> Iterator[str]:
    """The address of the backend, on loopback; each path has its mode."""
    with _Server(reference, modes) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
