"""`python -m local.backend PORT`: what `chalice local` serves, without its noise.

The command would show every INFO line of boto3 and log every request beside our own lines.
"""

import sys
from contextlib import suppress
from functools import partial

from chalice.deploy.validate import validate_routes
from chalice.local import ChaliceRequestHandler, create_local_server

from . import project
from .environment import HOST, STAGE

_WAITING = 128
"""The most connections that wait to be accepted; the usual 5 would refuse a crowd."""


class _Handler(ChaliceRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Logs nothing: the backend has its own line for every push."""

    def handle(self) -> None:
        # A caller that has hung up, as WeChat does after five seconds, reads no answer.
        with suppress(ConnectionError):
            super().handle()


def main(port: int) -> None:
    """Serves app.py in the environment of its stage. Refuses what `chalice deploy` would."""
    with project.problems_shown():
        config = project.load(STAGE)
        app = config.chalice_app
        validate_routes(app.routes)
    server = create_local_server(app, config, HOST, port).server
    server.RequestHandlerClass = partial(_Handler, app_object=app, config=config)
    server.socket.listen(_WAITING)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
