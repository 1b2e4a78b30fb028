"""The page and all its routes. The page loads nothing from other hosts."""

from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from . import actions, commands, queries
from .phone import Phone

_STATIC = Path(__file__).parent / "static"


def routes(phone: Phone) -> list[BaseRoute]:
    """The page, its files, its queries and its actions, and what commands read."""

    async def show_page(_: Request) -> Response:
        page = (_STATIC / "index.html").read_text(encoding="utf-8")
        named = page.replace('"static/', f'"static/{_version()}/')
        return HTMLResponse(named, headers=queries.HEADERS)

    static = _Static(directory=_STATIC)
    return [
        Route("/", show_page),
        *queries.routes(phone),
        *actions.routes(phone),
        *commands.routes(phone),
        *phone.browser.routes(),
        Mount("/static/{version:int}", static),
        Mount("/static", static),
    ]


def _version() -> int:
    """A number for what the page's files are now."""
    files = sorted(each for each in _STATIC.rglob("*") if each.is_file())
    return int(sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:12], 16)


class _Static(StaticFiles):
    """Static files: kept by the browser under a version, because the next page has another."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        kept = "version" in scope["path_params"]
        response.headers["Cache-Control"] = "max-age=31536000, immutable" if kept else "no-cache"
        return response
