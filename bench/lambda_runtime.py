"""One cold start under Lambda's real runtime client, against a Runtime API on loopback.

    GET  .../invocation/next             INIT is over; the answer is the event
    POST .../invocation/<id>/response    the function has answered

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from local.environment import HOST
from local.processes import Failed

_PYTHON = Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
"""Not the virtual environment's Python, which would find more packages than Lambda has."""
_PATIENCE = 60
_HANDLER = "app.app"


@dataclass(frozen=True, slots=True)
class ColdStart:
    """Milliseconds of INIT and of the first event, the most memory it used in MB, its answer."""

    init: float
    first: float
    memory: float
    answer: bytes

    @property
    def together(self) -> float:
        return self.init + self.first


def started(folder: Path, runtime: Path, settings: Mapping[str, str], event: str) -> ColdStart:
    """Starts the function in `folder` and lets it answer one `event`. Raises Failed."""
    log = folder.with_suffix(".log")
    with _RuntimeApi(event) as api, log.open("wb") as output:
        environment = {**settings, **_settings(folder, runtime, api.server_port)}
        begun = time.perf_counter_ns()
        with subprocess.Popen(
            [_PYTHON, "-S", "-m", "awslambdaric", _HANDLER],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process:
            try:
                ready, _ = api.next_request("/next", log)
                answered, answer = api.next_request("/response", log)
                memory = _most_memory(process.pid)
            finally:
                process.kill()
    milliseconds = (ready - begun) / 1e6, (answered - ready) / 1e6
    return ColdStart(*milliseconds, memory, answer)


class _RuntimeApi(HTTPServer):
    """Answers one request at a time, so that each one can be waited for."""

    timeout = _PATIENCE
    request_queue_size = 5

    def __init__(self, event: str) -> None:
        super().__init__((HOST, 0), _Requests)
        self.event = event.encode()
        self.last = ("nothing", 0, b"")
        """Path, time and body of the last request."""

    def next_request(self, path: str, log: Path) -> tuple[int, bytes]:
        """When the next request came, and its body. Raises Failed unless it is for `path`."""
        self.handle_request()
        found, when, body = self.last
        if not found.endswith(path):
            raise Failed(f"The function did not get to {path}: {found} {body.decode()}. See {log}.")
        return when, body


class _Requests(BaseHTTPRequestHandler):
    server: _RuntimeApi
    wbufsize = -1  # otherwise headers and body leave apart, and the body waits for an ACK

    def do_GET(self) -> None:
        self._note(b"")
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "1")
        self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 29_000))
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:bench")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.server.event)))
        self.end_headers()
        self.wfile.write(self.server.event)

    def do_POST(self) -> None:
        self._note(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Logs nothing."""

    def _note(self, body: bytes) -> None:
        self.server.last = (self.path, time.perf_counter_ns(), body)


def _settings(folder: Path, runtime: Path, port: int) -> dict[str, str]:
    """The variables that Lambda sets. Its disk is read-only, so bytecode is not kept."""
    return {
        "_HANDLER": _HANDLER,
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_LAMBDA_RUNTIME_API": f"{HOST}:{port}",
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join([str(folder), str(runtime)]),
    }


def _most_memory(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0
