"""A fixed exit on loopback: it forwards calls to WeChat's side from an address of its own.

Only functions at the exit know where it is. So whatever comes from its address came through it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx

from tests.patience import PATIENCE

ADDRESS = "127.0.0.2"
"""For the whitelist. Everything else on this machine calls from 127.0.0.1."""


@contextmanager
def running(wechat: str) -> Iterator[str]:
    """Where it is, in front of WeChat's API at `wechat`."""
    client = httpx.Client(
        base_url=wechat, transport=httpx.HTTPTransport(local_address=ADDRESS), timeout=PATIENCE
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kind = self.headers.get("Content-Type", "")
            answer = client.request(
                self.command, self.path, content=body, headers={"Content-Type": kind}
            )
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_POST  # noqa: N815  # the base class calls it so

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    client.close()
