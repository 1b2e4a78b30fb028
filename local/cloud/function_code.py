"""Where the code of a function can be fetched: by whoever knows the address, as from AWS's S3.

MiniStack names an address of its own instead, where `local.aws` asks for a signature, and which
leads to the newest code, whichever version is asked about.
"""

import json
from base64 import b64decode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from ministack.services import lambda_svc  # type: ignore[import-untyped]

from local.environment import HOST

_codes: dict[str, bytes] = {}
"""The zips that somebody has asked about, by path."""


class _Fetched(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        code = _codes.get(self.path)
        self.send_response(200 if code else 404)
        self.end_headers()
        self.wfile.write(code or b"")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Says nothing."""


def serve() -> None:
    """Lets GetFunction name an address at which the code of that version is."""
    server = ThreadingHTTPServer((HOST, 0), _Fetched)
    Thread(target=server.serve_forever, daemon=True).start()
    get_function = lambda_svc._get_function  # noqa: SLF001

    def with_its_code(name: str, qualifier: str | None = None) -> Any:
        status, headers, body = get_function(name, qualifier)
        if status != 200:
            return status, headers, body
        record, config = lambda_svc._get_func_record_for_qualifier(name, qualifier)  # noqa: SLF001
        path = f"/{b64decode(config['CodeSha256']).hex()}"
        _codes[path] = record["code_zip"]
        answer = json.loads(body)
        answer["Code"]["Location"] = f"http://{HOST}:{server.server_port}{path}"
        return status, headers, json.dumps(answer).encode()

    lambda_svc._get_function = with_its_code  # noqa: SLF001
