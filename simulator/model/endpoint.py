"""The endpoint on loopback: `POST /v1/chat/completions`, as OpenAI has it.

An answer goes on from an assistant message that stands last and says `"prefix": true`, as DeepSeek
has it, or `"partial": true`, as Qwen and Kimi have it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, Final

from . import texts
from .behaviour import Behaviour
from .speech import Delta, HungUp, deltas

PATH: Final = "/chat/completions"
_SAME: Final = {"id": "chatcmpl-stand-in", "created": 0, "model": "stand-in"}
_LOOK: Final = 0.05
"""Seconds between two looks whether the server is to end."""


@dataclass
class Model:
    """A model that runs: its address, how it behaves, and what it was asked."""

    url: str
    behaviour: Behaviour
    asked: list[dict[str, Any]] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    def wait(self, seconds: float) -> None:
        """Lets so much time pass. Raises HungUp when the server ends."""
        if self.ended.wait(seconds):
            raise HungUp


@contextmanager
def running(behaviour: Behaviour, port: int = 0) -> Iterator[Model]:
    """Serves a model; port 0 takes any free one. Raises OSError."""
    server = ThreadingHTTPServer(("127.0.0.1", port), BaseHTTPRequestHandler)
    model = Model(f"http://127.0.0.1:{server.server_port}/v1", behaviour)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"model": model})
    thread = Thread(target=server.serve_forever, args=(_LOOK,))
    thread.start()
    try:
        yield model
    finally:
        model.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Refused(Exception):
    """A request gets this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: Model

    def do_POST(self) -> None:
        self.close_connection = True
        try:
            asked, answer = self._answer()
        except _Refused as refused:
            error = {"message": str(refused), "type": "stand_in", "code": refused.status}
            self._send(refused.status, {"error": error})
            return
        try:
            self._stream(answer) if asked.get("stream") else self._complete(answer)
        except (HungUp, ConnectionError):  # ours, or the caller's
            return

    def _answer(self) -> tuple[dict[str, Any], Iterator[Delta]]:
        """What is asked, and the answer to it. Raises _Refused."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.path.endswith(PATH):
            raise _Refused(HTTPStatus.NOT_FOUND, f"the only path is /v1{PATH}")
        if not self.headers.get("Authorization", "").startswith("Bearer "):
            raise _Refused(HTTPStatus.UNAUTHORIZED, "there is no key; any will do")
        try:
            asked = json.loads(body)
            question, prefix = _read(asked["messages"])
        except (ValueError, LookupError, TypeError, AttributeError):
            raise _Refused(HTTPStatus.BAD_REQUEST, "this is no chat completion") from None
        self.model.asked.append(asked)
        behaviour = self.model.behaviour.asked_for(question)
        if behaviour.fail is not None:
            raise _Refused(behaviour.fail, "as you wish")
        said = texts.rest(texts.text(question, behaviour.length, behaviour.seed), prefix)
        if said is None:
            raise _Refused(HTTPStatus.BAD_REQUEST, "the prefix is not what this model says")
        return asked, deltas(behaviour, said, self.model.wait)

    def _stream(self, answer: Iterator[Delta]) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self._event(_chunk({"role": "assistant", "content": ""}, None))
        for delta in answer:
            self._event(_chunk(delta, None))
        self._event(_chunk({}, "stop"))
        self._event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, data: str) -> None:
        event = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))

    def _complete(self, answer: Iterator[Delta]) -> None:
        message = {"role": "assistant", "content": ""}
        for delta in answer:
            for name, piece in delta.items():
                message[name] = message.get(name, "") + piece
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self._send(HTTPStatus.OK, {**_SAME, "object": "chat.completion", "choices": [choice]})

    def _send(self, status: int, fields: dict[str, Any]) -> None:
        body = json.dumps(fields, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Prints no line per request."""


def _read(messages: list[dict[str, Any]]) -> tuple[str, str]:
    """The question, and what the answer goes on from."""
    last = messages[-1]
    goes_on = last["role"] == "assistant" and (last.get("prefix") or last.get("partial"))
    questions = [each["content"] for each in messages if each["role"] == "user"]
    return str(questions[-1]), str(last["content"]) if goes_on else ""


def _chunk(delta: Delta, finished: str | None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": finished}
    fields = {**_SAME, "object": "chat.completion.chunk", "choices": [choice]}
    return json.dumps(fields, ensure_ascii=False)
