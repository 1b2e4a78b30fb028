"""Requests from browsers and our responses, in our words; `doors.py` turns them into HTTP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from .pages import STYLE_SOURCE, rendered


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """A browser's request; `site` is our own address, such as `https://example.com/api`.

    `address` is where it comes from, as the gateway saw it.
    """

    site: str
    address: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    cookies: Mapping[str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Response:
    """What the browser gets; a header with several values is sent several times."""

    status: int
    headers: dict[str, str | list[str]]
    body: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Cookie:
    """A cookie of this host, hidden from scripts; an empty value deletes it."""

    name: str
    value: str
    seconds: int = 0

    @property
    def header(self) -> str:
        return (
            f"{self.name}={self.value}; Max-Age={self.seconds}; "
            "Path=/; Secure; HttpOnly; SameSite=Lax"
        )


def page(
    template: str,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    cookies: Sequence[Cookie] = (),
    may_lead_to: str = "",
    **values: object,
) -> Response:
    """Renders `template` with the values; its form may redirect to the site `may_lead_to`."""
    policy = (
        f"default-src 'none'; style-src {STYLE_SOURCE}; img-src https:; base-uri 'none'; "
        f"form-action 'self' {may_lead_to}".rstrip()
        + "; frame-ancestors 'none'"
    )
    headers: dict[str, str | list[str]] = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        **_headers(cookies),
    }
    return Response(status, headers, rendered(template, **values))


def see_other(url: str, cookies: Sequence[Cookie] = ()) -> Response:
    """Redirects after a POST: the browser requests `url` with GET."""
    return _elsewhere(HTTPStatus.SEE_OTHER, url, cookies)


def redirect(url: str, cookies: Sequence[Cookie] = ()) -> Response:
    """Redirects a GET to another address."""
    return _elsewhere(HTTPStatus.FOUND, url, cookies)


def _elsewhere(status: HTTPStatus, url: str, cookies: Sequence[Cookie]) -> Response:
    return Response(status, {"Content-Type": "text/plain", "Location": url, **_headers(cookies)})


def _headers(cookies: Sequence[Cookie]) -> dict[str, str | list[str]]:
    headers: dict[str, str | list[str]] = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
    }
    if cookies:
        headers["Set-Cookie"] = [cookie.header for cookie in cookies]
    return headers
