"""What WeChat shows a visitor who comes from a site for authorization.

    snsapi_base       nothing; it redirects back with a code at once
    snsapi_userinfo   a sheet on which the visitor allows, refuses, or stays anonymous (snapshot)
    a bad link        a page that names the error

The visitor is the user whose openid is in the cookie `wechat_user`, or the default user.
"""

from pathlib import Path
from urllib.parse import parse_qs

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from simulator.events import USER
from simulator.faults import AUTHORIZE_TOO_OFTEN

from . import links
from .authorization import USERINFO
from .links import BadLink, Link
from .world import World

PATH = "/connect/oauth2/authorize"
VISITOR = "wechat_user"

_HERE = Path(__file__).parent
_PAGES = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)


def routes(world: World, url: str) -> list[BaseRoute]:
    """The pages of open.weixin.qq.com, for the account whose backend is at `url`."""

    async def authorize(request: Request) -> Response:
        try:
            link = _link(world, request, url)
        except BadLink as bad:
            return _page("problem.html", problem=bad.problem)
        visitor = request.cookies.get(VISITOR) or USER
        if request.method == "POST":
            return _sent_back(link, _chosen(world, link, visitor, await request.body()))
        if link.scope == USERINFO:
            return _sheet(world, link, visitor)
        return _sent_back(link, world.authorizations.allow(visitor, link.scope))

    return [
        Route(PATH, authorize, methods=["GET", "POST"]),
        Mount("/connect/static", StaticFiles(directory=_HERE / "static")),
    ]


def _link(world: World, request: Request, url: str) -> Link:
    if world.faults.is_on(AUTHORIZE_TOO_OFTEN):
        raise BadLink(links.TOO_OFTEN)
    return links.read(request.url.query, world.load().app_id, url)


def _sheet(world: World, link: Link, visitor: str) -> Response:
    account, profile = world.load().original_id, world.profiles[visitor]
    # Browsers apply this to the redirect after the form, too.
    return _page("consent.html", f"'self' {link.origin}", account=account, profile=profile)


def _chosen(world: World, link: Link, visitor: str, form: bytes) -> str:
    """The code for the choice in `form`, or empty if the visitor refused."""
    match parse_qs(form.decode("ascii", "replace")).get("choice"):
        case ["allow"]:
            return world.authorizations.allow(visitor, link.scope)
        case ["snapshot"]:
            return world.authorizations.allow_as_snapshot(link.scope)
        case _:
            return ""


def _sent_back(link: Link, code: str) -> Response:
    return RedirectResponse(link.back(code), 302)


def _page(name: str, form_action: str = "'none'", **values: object) -> Response:
    text = _PAGES.get_template(name).render(values)
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        f"form-action {form_action}; frame-ancestors 'none'"
    )
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return HTMLResponse(text.encode("utf-8", "replace"), headers=headers)
