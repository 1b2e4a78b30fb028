"""A server that fails in many ways: as a fake, and on loopback behind the adapter."""

from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

from chalicelib.adapters.wechat_http import HttpTransport
from chalicelib.ports import Transport, Upload
from chalicelib.wechat.api_responses import ApiResponse
from chalicelib.wechat.errors import TryLater, Uncertain
from tests.fakes import Clock, FakeTransport, Request
from tests.patience import PATIENCE, wait_until

ANSWERED = ApiResponse(200, "application/json", '{"errcode":0,"errmsg":"好"}'.encode())
TIMEOUTS = (PATIENCE, PATIENCE)
HASTY = (PATIENCE, 0.5)


class Behaviour(Enum):
    """What a server does with a request that it has read."""

    ANSWERS = "answers"
    FAILS = "answers 500"
    DIES = "closes the connection without a word"
    IS_SLOW = "does not answer while anybody waits"
    CLOSES = "answers, and closes the connection later, while it is idle"
    BREAKS_OFF = "closes the connection in the middle of its answer"
    REDIRECTS = "sends the caller elsewhere"


_KEEPING = (Behaviour.ANSWERS, Behaviour.FAILS, Behaviour.REDIRECTS)
"""After these the connection stays open."""


class Server(Protocol):
    """A server, and a transport to it."""

    behaviour: Behaviour
    answer: ApiResponse

    @property
    def transport(self) -> Transport: ...

    @property
    def hasty(self) -> Transport:
        """One that does not wait long for an answer."""
        ...

    @property
    def requests(self) -> list[Request]: ...

    def until_closed(self, connections: int) -> None:
        """Returns once so many connections were closed from this side."""
        ...


class Fake:
    def __init__(self) -> None:
        self.transport = self.hasty = FakeTransport(self._respond)
        self.behaviour = Behaviour.ANSWERS
        self.answer = ANSWERED

    @property
    def requests(self) -> list[Request]:
        return self.transport.requests

    def until_closed(self, connections: int) -> None:
        pass

    def _respond(self, request: Request) -> ApiResponse:
        match self.behaviour:
            case Behaviour.DIES | Behaviour.IS_SLOW | Behaviour.BREAKS_OFF:
                raise Uncertain(0, "lost") if request.body else TryLater(0, "lost")
            case Behaviour.FAILS:
                return ApiResponse(500, "text/html", b"busy")
            case Behaviour.REDIRECTS:
                return ApiResponse(302, "text/html", b"")
            case _:
                return self.answer


class Loopback:
    """The adapter, and a real server to it."""

    def __init__(self) -> None:
        self.behaviour = Behaviour.ANSWERS
        self.answer = ANSWERED
        self.requests: list[Request] = []
        self.connections = 0
        self.hung_up = Event()
        self.clock = Clock(1_700_000_000)
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.transport = HttpTransport(f"{self.url}/api/", TIMEOUTS, self.clock)
        self.hasty = HttpTransport(f"{self.url}/api/", HASTY, self.clock)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"loopback": self})

    def until_closed(self, connections: int) -> None:
        wait_until(lambda: self._server.closed == connections)

    def close(self) -> None:
        self.hung_up.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    closed = 0

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self.closed += 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    loopback: Loopback

    def setup(self) -> None:
        self.loopback.connections += 1
        super().setup()

    def do_POST(self) -> None:
        self.loopback.requests.append(self._received())
        behaviour = self.loopback.behaviour
        if behaviour is Behaviour.IS_SLOW:
            self.loopback.hung_up.wait()
        self.close_connection = behaviour not in _KEEPING
        match behaviour:
            case Behaviour.ANSWERS | Behaviour.CLOSES:
                self._send(self.loopback.answer)
            case Behaviour.BREAKS_OFF:
                self._send(self.loopback.answer, missing=1)
            case Behaviour.FAILS:
                self._send(ApiResponse(500, "text/html", b"busy"))
            case Behaviour.REDIRECTS:
                self._send(ApiResponse(302, "text/html", b""))

    do_GET = do_POST  # noqa: N815  # the base class calls it so

    def log_message(self, *_: object) -> None:
        pass

    def _received(self) -> Request:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        multipart = self.headers.get("Content-Type", "").startswith("multipart/")
        url = urlsplit(self.path)
        return Request(
            self.command,
            url.path.removeprefix("/api"),
            dict(parse_qsl(url.query)),
            _upload(body) if multipart else body or None,
        )

    def _send(self, answer: ApiResponse, missing: int = 0) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body) + missing))
        self.send_header("Location", f"{self.loopback.url}/api/elsewhere")
        self.end_headers()
        self.wfile.write(answer.body)


def _upload(body: bytes) -> Upload:
    """The file of a multipart body, with the texts beside it."""
    boundary, _, rest = body.partition(b"\r\n")
    fields: dict[str, str] = {}
    for part in rest.removesuffix(b"\r\n" + boundary + b"--\r\n").split(
        b"\r\n" + boundary + b"\r\n"
    ):
        head, _, content = part.partition(b"\r\n\r\n")
        _, field, _, *named = head.decode().split('"')
        if named:
            return Upload(field, named[0], content, fields or None)
        fields[field] = content.decode()
    raise AssertionError("no part of the form is a file")
