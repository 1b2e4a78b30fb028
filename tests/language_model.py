"""A language model on loopback that knows one answer."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any


@dataclass
class Model:
    """Where it is, and what it was asked."""

    url: str
    asked: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def model(answer: str) -> Iterator[Model]:
    """Serves one."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            serving.asked.append({**body, "key": self.headers["Authorization"]})
            choices = [{"message": {"role": "assistant", "content": answer}}]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"choices": choices}).encode())

        def log_message(self, *_: object) -> None:
            """Silence."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = Model(f"http://127.0.0.1:{server.server_port}/")
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield serving
        finally:
            server.shutdown()
            thread.join()
