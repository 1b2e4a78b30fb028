"""WeChat's own browser, in which pages of the site and of WeChat open inside the phone.

The site's pages forbid frames, as they should. So this fetches them as a browser would, with
separate cookies for each user, and serves them to a frame inside the phone: only on this machine,
at an address that cannot be guessed, and sandboxed from the phone's own page.
"""

import re
import secrets
import time
import urllib.request
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from html import escape, unescape
from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy
from urllib.parse import parse_qsl, quote, urldefrag, urljoin, urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from simulator.certificates import trusted
from simulator.platform.consent import PATH as CONSENT
from simulator.platform.consent import VISITOR

from .web_authorizations import Fetch

SITE, WECHAT = "site", "wechat"

_AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile MicroMessenger/8.0.50"
_PASSED_ON = ("content-type", "cache-control", "content-security-policy", "referrer-policy")
_SANDBOX = "sandbox allow-forms allow-scripts"
# A frame gets the keys that are typed into it, so it has to report Escape to the phone. It waits
# until the key is up, because a browser may hang when a frame is removed while a key is down.
_ESCAPE = (
    "let down;"
    'addEventListener("keydown", ({ key }) => { down = key; });'
    'addEventListener("keyup", ({ key }) => '
    'key === "Escape" && down === key && parent.postMessage(key, "*"));'
)
_ESCAPE_HASH = f"'sha256-{b64encode(sha256(_ESCAPE.encode()).digest()).decode()}'"
_LINK = re.compile(r'\b(href|src|action)="([^"]*)"')
_TIMEOUT = 30


class Browser:
    """The browsers of all users, whose backend is at `url`. `record` gets each page."""

    def __init__(
        self, url: str, changed: Callable[[], None], record: Callable[[str, Fetch], None]
    ) -> None:
        self.key = secrets.token_urlsafe(16)
        self.at: dict[str, str] = {}
        """The address of the page that each user has open."""
        self._site = _origin(url)
        self._changed = changed
        self._record = record
        self._jars: defaultdict[str, CookieJar] = defaultdict(_jar)

    def routes(self) -> list[BaseRoute]:
        path = f"/inapp/{self.key}/{{openid}}/{{whose}}/{{path:path}}"
        return [Route(path, self._open, methods=["GET", "POST"])]

    async def _open(self, request: Request) -> Response:
        openid, whose = request.path_params["openid"], request.path_params["whose"]
        own = str(request.base_url).rstrip("/")
        origin = {SITE: self._site, WECHAT: own}.get(whose)
        if origin is None:
            return PlainTextResponse("there is no such place", 404)
        url = f"{origin}/{_path_inside(request)}"
        url += f"?{request.url.query}" if request.url.query else ""
        is_page = request.headers.get("sec-fetch-dest") == "iframe"
        at, started = time.time(), time.perf_counter()
        try:
            answer = await self._fetched(openid, url, request)
        except httpx.HTTPError:
            answer = None
        if is_page:
            milliseconds = round((time.perf_counter() - started) * 1000)
            fetch = Fetch(at, milliseconds, request.method, url, await _form(request))
            self._record(openid, _answered(fetch, answer) if answer else fetch)
        if answer is None:
            return PlainTextResponse(f"{url}: 无法连接", 502)
        if is_page:
            self.at[openid] = url
            self._changed()
        return self._shown(answer, lambda link: self._inside(urljoin(url, link), openid, own))

    async def _fetched(self, openid: str, url: str, request: Request) -> httpx.Response:
        jar = self._jars[openid]
        jar.set_cookie(_visitor(openid))
        headers = {"User-Agent": _AGENT, "Cookie": _cookies(jar, url)}
        if request.method == "POST":
            kind = request.headers.get("content-type", "")
            headers |= {"Content-Type": kind, "Origin": _origin(url)}
        client = httpx.AsyncClient(trust_env=False, timeout=_TIMEOUT, verify=trusted())
        async with client:
            body = await request.body()
            answer = await client.request(request.method, url, headers=headers, content=body)
        httpx.Cookies(jar).extract_cookies(answer)
        return answer

    @staticmethod
    def _shown(answer: httpx.Response, inside: Callable[[str], str]) -> Response:
        headers = {name: answer.headers[name] for name in _PASSED_ON if name in answer.headers}
        policy = headers.get("content-security-policy", "frame-ancestors 'none'")
        framed = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
        headers["content-security-policy"] = f"{_allowing_escape(framed)}; {_SANDBOX}"
        headers["x-content-type-options"] = "nosniff"
        if answer.is_redirect:
            headers["location"] = inside(answer.headers["location"])
        body = answer.content
        if headers.get("content-type", "").startswith("text/html"):
            text = _LINK.sub(
                lambda link: f'{link[1]}="{escape(inside(unescape(link[2])))}"', answer.text
            )
            body = f"{text}<script>{_ESCAPE}</script>".encode("utf-8", "replace")
        return Response(body, answer.status_code, headers)

    def _inside(self, url: str, openid: str, own: str) -> str:
        """The address for use inside the frame. An outside address stays as it is."""
        for whose, origin in ((SITE, self._site), (WECHAT, own)):
            if _origin(url) == origin:
                rest = url.removeprefix(origin).lstrip("/")
                return f"/inapp/{self.key}/{quote(openid, safe='')}/{whose}/{rest}"
        return url


def _path_inside(request: Request) -> str:
    """The site's own path as it was written, because a `%3F` in it is no question mark."""
    raw: bytes = request.scope["raw_path"]
    _, _inapp, _key, _openid, _whose, path = raw.decode("ascii").split("/", 5)
    return path


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("ascii", "replace")))


def _answered(fetch: Fetch, answer: httpx.Response) -> Fetch:
    leads_to = urldefrag(urljoin(fetch.url, answer.headers.get("location", ""))).url
    asks = b"<form" in answer.content
    answered = replace(fetch, status=answer.status_code, asks=asks)
    return replace(answered, leads_to=leads_to) if answer.is_redirect else answered


def _allowing_escape(policy: str) -> str:
    """The policy, which also allows our own script for Escape."""
    split = (each.split() for each in policy.split(";") if each.strip())
    directives = {name: sources for name, *sources in split}
    allowed = directives.get("script-src", directives.get("default-src"))
    if allowed is None or "'unsafe-inline'" in allowed:
        return policy
    directives["script-src"] = [*(each for each in allowed if each != "'none'"), _ESCAPE_HASH]
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


def _jar() -> CookieJar:
    # Browsers treat this machine as secure although it uses http.
    return CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))


def _cookies(jar: CookieJar, url: str) -> str:
    """The cookies for an address. httpx would use a copy of the jar without its policy."""
    request = urllib.request.Request(url)  # noqa: S310  # always this machine, and never opened
    jar.add_cookie_header(request)
    return str(request.get_header("Cookie", ""))


def _visitor(openid: str) -> Cookie:
    """The cookie that tells WeChat's consent page who holds the phone."""
    return Cookie(
        version=0,
        name=VISITOR,
        value=openid,
        port=None,
        port_specified=False,
        domain="127.0.0.1",
        domain_specified=False,
        domain_initial_dot=False,
        path=CONSENT,
        path_specified=True,
        secure=False,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
