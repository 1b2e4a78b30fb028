"""Web authorizations, page by page, as the browser in the phone loads them.

    /oauth/authorize, or /me  ->  WeChat's consent  ->  /oauth/callback  ->  /me

Codes, states and tokens stay hidden. Of a query, only harmless values are shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from simulator.platform import oauth_calls
from simulator.platform.consent import PATH as CONSENT
from simulator.platform.world import Call

from . import views
from .logs import Line

AUTHORIZE, CALLBACK = "/oauth/authorize", "/oauth/callback"
_KEPT = 100
_SLACK = 0.05
"""Seconds that the clocks of two processes may differ."""
_HIDDEN = "••••"
_SHOWN = ("appid", "scope", "response_type", "forcePopup", "lang", "choice")
_ADDRESSES = ("next", "redirect_uri")


@dataclass(frozen=True, slots=True)
class Fetch:
    """One page load at `at` (epoch seconds), without status if the site could not be reached.

    `form` is what was posted, `leads_to` the address of the redirect. `asks` says whether the page
    itself has a form.
    """

    at: float
    milliseconds: int
    method: str
    url: str
    form: Mapping[str, str]
    status: int | None = None
    leads_to: str = ""
    asks: bool = False

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def spans(self, at: float) -> bool:
        return self.at <= at <= self.at + self.milliseconds / 1000 + _SLACK


@dataclass(frozen=True, slots=True)
class WebAuthorization:
    """One web authorization of one user, in the order of its pages."""

    number: int
    openid: str
    fetches: tuple[Fetch, ...] = field(default=())

    def is_continued_by(self, fetch: Fetch) -> bool:
        """Whether the last page redirected to this one, or the visitor chose on WeChat's page."""
        last = self.fetches[-1]
        chose = last.path == fetch.path == CONSENT and fetch.method == "POST"
        return fetch.url == last.leads_to or (chose and not last.leads_to)

    def spans(self, call: Call) -> bool:
        """Whether it may have made that call, for this user while the site answered."""
        openid = (call.answer or {}).get("openid") or call.openid
        is_own = openid in ("", self.openid) or self.is_snapshot
        return is_own and call.path.startswith(oauth_calls.PREFIX) and self.was_at_site(call.at)

    def is_at(self, at: Mapping[str, str]) -> bool:
        """Whether its last page is the one that its visitor has open, by openid."""
        return at.get(self.openid) == self.fetches[-1].url

    def was_at_site(self, at: float) -> bool:
        return any(each.spans(at) for each in self.fetches if each.path != CONSENT)

    @property
    def is_snapshot(self) -> bool:
        """Whether the visitor is a snapshot user: the account does not learn who they are."""
        return any(each.form.get("choice") == "snapshot" for each in self.fetches)

    @property
    def outcome(self) -> str:
        """`signed_in`, `refused`, `snapshot`, `failed`, or `consent` while WeChat's page asks."""
        for each in self.fetches:
            if each.path.endswith(CALLBACK):
                if self.is_snapshot:
                    return "snapshot"
                if each.leads_to:
                    return "signed_in"
                return "failed" if "code=" in urlsplit(each.url).query else "refused"
        last = self.fetches[-1]
        return "consent" if last.leads_to or last.asks else "failed"


class WebAuthorizations:
    """The authorizations of all users, oldest first."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._authorizations: list[WebAuthorization] = []

    @property
    def last(self) -> Sequence[WebAuthorization]:
        """As many as a page shows."""
        return self._authorizations[-_KEPT:]

    def record(self, openid: str, fetch: Fetch) -> None:
        """Records a page load of the user, which may begin an authorization."""
        own = [each for each in self._authorizations if each.openid == openid]
        if own and own[-1].is_continued_by(fetch):
            authorization = replace(own[-1], fetches=(*own[-1].fetches, fetch))
            self._authorizations[authorization.number] = authorization
        elif _begins(fetch):
            self._authorizations.append(
                WebAuthorization(len(self._authorizations), openid, (fetch,))
            )
        else:
            return
        self._changed()

    def to_full_service(self, at: Mapping[str, str]) -> dict[str, str]:
        """What WeChat opens again, by openid, for each visitor who is `at` a snapshot page."""
        latest = {each.openid: each for each in self._authorizations if each.is_at(at)}
        return {openid: each.fetches[0].url for openid, each in latest.items() if each.is_snapshot}

    def find(self, number: int) -> WebAuthorization | None:
        return self._authorizations[number] if number < len(self._authorizations) else None


def summary(authorization: WebAuthorization) -> dict[str, Any]:
    """The authorization in brief."""
    first, last = authorization.fetches[0], authorization.fetches[-1]
    return {
        "number": authorization.number,
        "openid": authorization.openid,
        "at": first.at,
        "outcome": authorization.outcome,
        "milliseconds": sum(each.milliseconds for each in authorization.fetches),
        "page": last.path,
    }


def details(
    authorization: WebAuthorization, calls: Sequence[Call], lines: Sequence[Line]
) -> dict[str, Any]:
    """The same with each page, the API calls for it, and the log lines during it."""
    return {
        **summary(authorization),
        "fetches": [_fetch(each) for each in authorization.fetches],
        "calls": [views.call(n, call) for n, call in enumerate(calls) if authorization.spans(call)],
        "lines": [
            views.line(line)
            for line in lines
            if line.source == "backend" and not line.identity and authorization.was_at_site(line.at)
        ],
    }


def _fetch(fetch: Fetch) -> dict[str, Any]:
    return {
        "kind": _kind(fetch),
        "at": fetch.at,
        "milliseconds": fetch.milliseconds,
        "method": fetch.method,
        "address": _address(fetch.url),
        "query": _shown(parse_qsl(urlsplit(fetch.url).query)),
        "form": _shown(list(fetch.form.items())),
        "status": fetch.status,
        "leads_to": _address(fetch.leads_to),
        "leads_with": _shown(parse_qsl(urlsplit(fetch.leads_to).query)),
    }


def _begins(fetch: Fetch) -> bool:
    paths = (fetch.path, urlsplit(fetch.leads_to).path)
    return CONSENT in paths or any(path.endswith(AUTHORIZE) for path in paths)


def _kind(fetch: Fetch) -> str:
    if fetch.path == CONSENT:
        return "choice" if fetch.method == "POST" else "consent"
    if fetch.path.endswith(AUTHORIZE):
        return "authorize"
    return "callback" if fetch.path.endswith(CALLBACK) else "page"


def _address(url: str) -> str:
    """The address without its query, which may have secrets."""
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}"


def _shown(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    return {name: _value(name, value) for name, value in pairs}


def _value(name: str, value: str) -> str:
    if name in _SHOWN:
        return value
    if name not in _ADDRESSES:
        return _HIDDEN
    path, has_query, _ = value.partition("?")
    return f"{path}?{_HIDDEN}" if has_query else path
