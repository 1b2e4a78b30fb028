"""The page and all its routes. The page loads nothing from other hosts."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from . import actions, commands, queries
from .phone import Phone

_STATIC = Path(__file__).parent / "static"


def routes(phone: Phone) -> list[BaseRoute]:
    """The page, its files, its queries and its actions, and what commands read."""

    async def show_page(_: Request) -> Response:
        return FileResponse(_STATIC / "index.html", headers=queries.HEADERS)

    return [
        Route("/", show_page),
        *queries.routes(phone),
        *actions.routes(phone),
        *commands.routes(phone),
        *phone.browser.routes(),
        Mount("/static", _Static(directory=_STATIC)),
    ]


class _Static(StaticFiles):
    """Static files that the browser always revalidates, because the next version may differ."""

    def file_response(self, *args: object, **kwargs: object) -> Response:
        response = super().file_response(*args, **kwargs)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "no-cache"
        return response
