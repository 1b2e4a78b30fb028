"""`python -m local.backend PORT`: what `chalice local` serves, without its noise.

The command would show every INFO line of boto3 and log every request next to our own lines.
"""

import sys
from contextlib import suppress

from chalice.deploy.validate import validate_routes
from chalice.local import ChaliceRequestHandler, LocalChalice, LocalDevServer, ThreadedHTTPServer

from . import project
from .environment import HOST, STAGE


class _Handler(ChaliceRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Silence: the backend has its own line for every push."""

    def handle(self) -> None:
        # Whoever has hung up, as WeChat does after five seconds, reads no answer.
        with suppress(ConnectionError):
            super().handle()


class _Server(ThreadedHTTPServer):
    request_queue_size = 128  # of connections that wait to be taken; the usual 5 refuses a crowd


def main(port: int) -> None:
    """Serves app.py with the environment of its stage, refusing what `chalice deploy` would."""
    with project.problems_told():
        config = project.load(STAGE)
        validate_routes(config.chalice_app.routes)
    # Its current request is one for each thread, as it is in `chalice local`.
    config.chalice_app.__class__ = LocalChalice
    server = LocalDevServer(config.chalice_app, config, HOST, port, _Handler, _Server)
    server.server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
