"""Small HTTP backends on loopback that behave, or misbehave, as a test says."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TypeAlias
from urllib.parse import parse_qsl, urlsplit

from chalicelib.wechat.encryption import EncodingAesKey
from chalicelib.wechat.envelopes import Credentials, Opened, Query, open_push
from chalicelib.wechat.passive import passive_xml
from chalicelib.wechat.replies import PassiveReply
from simulator.account import Account
from tests.patience import PATIENCE


@dataclass(frozen=True)
class Request:
    """One request."""

    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """An answer after `delay` seconds, with a `pause` after each byte. Status 0 hangs up.

    Its date is `ahead` of the time, in seconds; `headers` are further ones.
    """

    body: str = "success"
    status: int = 200
    delay: float = 0
    pause: float = 0
    ahead: float = 0
    headers: Mapping[str, str] = field(default_factory=dict)


Respond: TypeAlias = Callable[[Request], Answer]


@dataclass(frozen=True)
class Backend:
    """A running backend: its address, and its requests so far."""

    url: str
    requests: list[Request] = field(default_factory=list)


@contextmanager
def backend(*answers: Answer | Respond) -> Iterator[Backend]:
    """Runs a backend that gives these answers in turn, and then always the last one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    running = Backend(f"http://127.0.0.1:{server.server_port}/wechat")
    server.RequestHandlerClass = _handler(running, answers)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def opened(account: Account, request: Request) -> Opened:
    """The push in `request`, verified for `account`."""
    names = ("signature", "timestamp", "nonce", "msg_signature")
    query = Query(**{name: request.query.get(name, "") for name in names})
    key = EncodingAesKey(account.encoding_aes_key)
    credentials = Credentials(account.app_id, [account.token], [key])
    return open_push(request.body, query, account.mode, lambda: credentials, time.time())


def held(until: Event, answer: Answer) -> Respond:
    """Answers when the test says so."""

    def respond(_: Request) -> Answer:
        until.wait(PATIENCE)
        return answer

    return respond


def replying(account: Account, reply: PassiveReply) -> Respond:
    """Answers each push with `reply`, as the account's backend should."""

    def respond(request: Request) -> Answer:
        push = opened(account, request)
        document = passive_xml(reply, push.push, int(time.time()))
        return Answer(push.seal.close(document, int(time.time())) if push.seal else document)

    return respond


def _handler(
    running: Backend, answers: tuple[Answer | Respond, ...]
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = dict(parse_qsl(urlsplit(self.path).query))
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            request = Request(query, dict(self.headers), body)
            running.requests.append(request)
            answer = answers[min(len(running.requests), len(answers)) - 1]
            with suppress(ConnectionError):  # WeChat hangs up too
                self._send(answer if isinstance(answer, Answer) else answer(request))

        do_GET = do_POST  # noqa: N815  # the base class calls it so

        def log_message(self, *_: object) -> None:
            pass

        def _send(self, answer: Answer) -> None:
            time.sleep(answer.delay)
            if not answer.status:
                return
            body = answer.body.encode()
            self.send_response_only(answer.status)
            self.send_header("Date", self.date_time_string(time.time() + answer.ahead))
            self.send_header("Content-Length", str(len(body)))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for piece in [bytes([byte]) for byte in body] if answer.pause else [body]:
                self.wfile.write(piece)
                time.sleep(answer.pause)

    return Handler
