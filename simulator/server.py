"""The server of WeChat's side, on loopback only: page, API, web authorization and faults."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from .console import Console
from .phone import routes as page
from .phone.phone import Phone
from .platform import consent
from .platform import routes as api
from .platform.world import World

_IDLE = 75
"""Seconds until an idle connection is closed."""


def listen(port: int) -> socket.socket:
    """A socket that listens on loopback. Port 0 takes any free port. Raises OSError."""
    listener = socket.create_server(("127.0.0.1", port))
    # Otherwise the second half of each answer waits 40 ms for the acknowledgement of the first.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def server(
    world: World, url: str, console: Console | None = None, run: Path | None = None
) -> uvicorn.Server:
    """A server whose pushes go to the backend at `url`.

    Without a `console` the account cannot be changed. `run` is the folder of `make run`, with
    logs and controls.
    """
    phone = Phone(world, url, console, run)
    config = uvicorn.Config(
        _application(phone),
        http=api.CuttableProtocol,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=_IDLE,
        timeout_graceful_shutdown=1,
    )
    program = uvicorn.Server(config)
    phone.ending = lambda: program.should_exit
    return program


def _application(phone: Phone) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        watching = asyncio.create_task(phone.backend.watch(phone.busy))
        yield
        phone.backend.end.set()
        phone.stop()
        await watching

    return Starlette(
        routes=[
            *api.routes(phone.world),
            *consent.routes(phone.world, phone.url),
            *page.routes(phone),
        ],
        # Refuses foreign host names that resolve to loopback (DNS rebinding).
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        exception_handlers={ClientDisconnect: _unheard},
        lifespan=lifespan,
    )


async def _unheard(_: Request, __: Exception) -> Response:
    """A client that hung up before its request was complete gets no answer."""
    return Response()
