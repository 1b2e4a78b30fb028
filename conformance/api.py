"""WeChat's API, as far as backends call it for late answers and sign-in. Listens on loopback.

It allows and refuses messages as WeChat does:
https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html
"""

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

MESSAGES = 5
"""That a user's message allows."""
USED_UP, INVALID, BUSY = 45047, 40001, -1


@dataclass(frozen=True, slots=True)
class Sent:
    """A customer service message that WeChat took, `at` (monotonic seconds)."""

    at: float
    kind: str
    text: str
    raw: bytes


@dataclass
class Api:
    """Who was sent what. With `adds_up`, each message of a user allows five more."""

    messages: dict[str, list[Sent]] = field(default_factory=lambda: defaultdict(list))
    refusals: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    refused: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    tokens: set[str] = field(default_factory=set)
    token_calls: int = 0
    signed_in: list[str] = field(default_factory=list)
    _allowed: dict[str, int] = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)

    def wrote(self, user: str, *, adds_up: bool = False) -> None:
        """A user has written, which allows messages."""
        with self._lock:
            left = self._allowed.get(user, 0) if adds_up else 0
            self._allowed[user] = left + MESSAGES

    def refuse(self, user: str, *errcodes: int) -> None:
        """Refuses the next messages to a user."""
        self.refusals[user] += errcodes

    def end_tokens(self) -> None:
        """No token given out so far is good any more."""
        self.tokens.clear()

    def texts(self, user: str) -> list[str]:
        """What a user was sent."""
        return [sent.text for sent in self.messages[user]]

    # --- What backends call -------------------------------------------------------------------

    def answer(self, path: str, query: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """WeChat's answer to a call."""
        with self._lock:
            match path:
                case "/cgi-bin/token" | "/cgi-bin/stable_token":
                    self.token_calls += 1
                    token = next(iter(self.tokens), None) or secrets.token_urlsafe(24)
                    self.tokens.add(token)
                    return {"access_token": token, "expires_in": 7200}
                case "/sns/oauth2/access_token":
                    return self._signs_in(query.get("code", ""))
                case "/sns/userinfo":
                    return {"openid": query.get("openid", ""), "nickname": "小明", "privilege": []}
            if query.get("access_token") not in self.tokens:
                return _error(INVALID, "invalid credential, access_token is invalid")
            if path == "/cgi-bin/message/custom/send":
                return self._sends(body)
            return _error(0, "ok")

    def _signs_in(self, code: str) -> dict[str, Any]:
        if code in self.signed_in:
            return _error(40163, "code been used")
        self.signed_in.append(code)
        openid = f"o{code}"[:28]
        grant = {"access_token": "A", "refresh_token": "R", "expires_in": 7200}
        return {**grant, "openid": openid, "scope": "snsapi_base"}

    def _sends(self, body: bytes) -> dict[str, Any]:
        message = json.loads(body)
        user, kind = message["touser"], message["msgtype"]
        if self.refusals[user]:
            errcode = self.refusals[user].pop(0)
            return _error(errcode, "refused")
        if self._allowed.get(user, 0) < 1:
            self.refused[user] += 1
            return _error(USED_UP, "out of response count limit")
        self._allowed[user] -= 1
        text = message.get("text", {}).get("content", "")
        self.messages[user].append(Sent(time.monotonic(), kind, text, body))
        return _error(0, "ok")


def _error(errcode: int, errmsg: str) -> dict[str, Any]:
    return {"errcode": errcode, "errmsg": errmsg}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def serving(host: str, port: int) -> Iterator[Api]:
    """Listens while the checks run. Raises OSError if the port is taken."""
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def _answer(self, body: bytes) -> None:
            url = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            answer = json.dumps(api.answer(url.path, query, body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Says nothing."""

    with _Server((host, port), Handler) as listening:
        thread = Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield api
        finally:
            listening.shutdown()
            thread.join()
