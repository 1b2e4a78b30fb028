"""Web authorization: a user signs in to a page with WeChat.

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
"""

import re
import secrets
from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from ..backend import Backend, Failed
from ..check import check

ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"]


class Browser:
    """A browser that keeps its cookies, also those for HTTPS alone, as browsers do on loopback."""

    def __init__(self, backend: Backend) -> None:
        self._patience = backend.wire.patience * 6
        self._cookies: dict[str, str] = {}
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, url: str) -> requests.Response:
        """What comes back, without following where it leads."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        headers = {"Cookie": cookies} if cookies else {}
        response = self._session.get(
            url, headers=headers, timeout=self._patience, allow_redirects=False
        )
        self._session.cookies.clear()
        for set_cookie in response.raw.headers.getlist("Set-Cookie"):
            name, _, value = set_cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return response


def _start(backend: Backend, browser: Browser, url: str = "") -> str:
    """The address at WeChat to which a visitor is sent."""
    response = browser.get(url or str(backend.options.oauth_url))
    if not 300 <= response.status_code < 400:
        raise Failed(f"no redirection to WeChat, but status {response.status_code}")
    return response.headers["Location"]


def _state(location: str) -> str:
    return parse_qs(urlsplit(location).query)["state"][0]


def _callback(backend: Backend, location: str, **query: str) -> str:
    """The address of the backend to which WeChat sends a visitor back, as reached from here."""
    redirect = urlsplit(parse_qs(urlsplit(location).query)["redirect_uri"][0])
    here = urlsplit(str(backend.options.oauth_url))
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return redirect._replace(scheme=here.scheme, netloc=here.netloc, query=asked).geturl()


def _quiet(response: requests.Response) -> str:
    if response.status_code >= 500 or "Traceback" in response.text:
        raise Failed(f"status {response.status_code}")
    return f"status {response.status_code}"


@check("oauth_url")
def sign_in_asks_as_wechat_wants(backend: Backend) -> str:
    """The address at WeChat has its parameters in WeChat's order, and its fragment last.

    WeChat compares them as text; in another order the page says that a parameter is wrong.
    """
    location = _start(backend, Browser(backend))
    names = [name for name in re.findall(r"[?&]([^=&]+)=", location) if name in ORDER]
    if names != ORDER or not location.endswith("#wechat_redirect"):
        raise Failed(f"{names}, ending {location[-20:]!r}")
    return "in order, with #wechat_redirect last"


@check("oauth_url")
def sign_in_has_a_state(backend: Backend) -> str:
    """Each sign-in has a state of its own, letters and digits, at most 128.

    WeChat allows no others; and a state that can be guessed signs a victim in as the attacker.
    """
    states = {_state(_start(backend, Browser(backend))) for _ in range(3)}
    if len(states) < 3 or any(not re.fullmatch(r"[a-zA-Z0-9]{8,128}", each) for each in states):
        raise Failed(f"{sorted(states)}")
    return "three states, all different"


@check("oauth_url")
def sign_in_refuses_a_strange_state(backend: Backend) -> str:
    """A callback with a state that nobody gave out does not ask WeChat for the user.

    It would sign in whoever follows an attacker's link, as the attacker.
    """
    browser = Browser(backend)
    location, code = _start(backend, browser), secrets.token_hex(16)
    response = browser.get(_callback(backend, location, code=code, state="strange"))
    return _not_signed_in(backend, code, response)


@check("oauth_url")
def sign_in_refuses_the_state_of_another_browser(backend: Backend) -> str:
    """A callback with a state that another browser was given does not sign in.

    The state must belong to the browser, by a cookie: login CSRF.
    """
    location, code = _start(backend, Browser(backend)), secrets.token_hex(16)
    stranger = Browser(backend)
    _start(backend, stranger)
    url = _callback(backend, location, code=code, state=_state(location))
    return _not_signed_in(backend, code, stranger.get(url))


def _not_signed_in(backend: Backend, code: str, response: requests.Response) -> str:
    if backend.api and code in backend.api.signed_in:
        raise Failed("WeChat was asked who the user is")
    if response.status_code == 200 and backend.api is None:
        raise Failed("status 200")
    return _quiet(response)


@check("oauth_url", "api")
def sign_in_survives_two_callbacks(backend: Backend) -> str:
    """A browser that calls back twice with one code ends signed in, not on an error.

    WeChat's own browser is known to do so; the first request is aborted, the second is read.
    """
    browser = Browser(backend)
    location, code = _start(backend, browser), secrets.token_hex(16)
    url = _callback(backend, location, code=code, state=_state(location))
    first, second = (browser.get(url) for _ in range(2))
    if code not in backend.heard.signed_in:
        raise Failed("WeChat was never asked who the user is")
    if second.status_code >= 400 or first.status_code >= 400:
        raise Failed(f"status {first.status_code}, then {second.status_code}")
    return f"status {first.status_code}, then {second.status_code}"


@check("oauth_url")
def sign_in_takes_a_refusal(backend: Backend) -> str:
    """A callback without a code, because the user refused, is a page and no error.

    WeChat sends state alone then.
    """
    browser = Browser(backend)
    location = _start(backend, browser)
    return _quiet(browser.get(_callback(backend, location, state=_state(location))))


@check("oauth_url")
def sign_in_takes_a_bare_callback(backend: Backend) -> str:
    """A callback without any parameter is a page and no error.

    Whoever reloads the address without its query asks so.
    """
    browser = Browser(backend)
    return _quiet(browser.get(_callback(backend, _start(backend, browser))))


@check("oauth_url", "api")
def sign_in_leads_to_this_site_only(backend: Backend) -> str:
    """After the sign-in nobody is sent to another site, whatever the address says.

    An open redirection makes this domain the bait of a phishing link.
    """
    base = str(backend.options.oauth_url)
    for bait in (
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/%0d/evil.example",
    ):
        for name in ("next", "redirect", "url", "target"):
            browser = Browser(backend)
            response = browser.get(f"{base.partition('?')[0]}?{name}={bait}")
            location = response.headers.get("Location", "")
            if "evil.example" in urlsplit(location).netloc:
                raise Failed(f"{name}={bait} leads to {location}")
            if "state=" not in location:
                continue
            url = _callback(backend, location, code=secrets.token_hex(16), state=_state(location))
            back = browser.get(url)
            after = urljoin("https://here.example/", back.headers.get("Location", "/"))
            if "evil.example" in (urlsplit(after.replace("\\", "/")).netloc):
                raise Failed(f"{name}={bait} leads to {after}")
    return "four ways to another site, none taken"
