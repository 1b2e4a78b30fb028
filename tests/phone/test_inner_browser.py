"""WeChat's own browser inside the phone: the site's pages, with separate cookies for each user."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest

from simulator.account import Account
from simulator.events import USER
from tests.patience import PATIENCE
from tests.simulated import wechat_side

ACCOUNT = Account.new()
FRAME = {"Sec-Fetch-Dest": "iframe"}
POLICY = "default-src 'none'; form-action 'self'; frame-ancestors 'none'"
POLICIES = {
    "/scripts": "default-src 'none'; script-src 'self'",
    "/default": "default-src 'self'",
    "/inline": "script-src 'self' 'unsafe-inline'",
    "/images": "img-src 'self'",
}


class Site(BaseHTTPRequestHandler):
    """A site that recognizes its visitor, and links to other places."""

    def do_GET(self) -> None:
        match urlsplit(self.path).path:
            case "/oauth/authorize":
                self._lead(dict(parse_qsl(urlsplit(self.path).query))["to"])
            case "/oauth/callback" if "code=" in self.path:
                self._lead("/me")
            case "/in":
                self.send_response(302)
                self.send_header("Set-Cookie", "__Host-who=me; Path=/; Secure; HttpOnly")
                self.send_header("Location", "/")
                self.end_headers()
            case "/out":
                self._lead("https://elsewhere.example/")
            case _:
                self._page()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._page(f"{body} from {self.headers['Origin']}")

    def log_message(self, *_: object) -> None:
        pass

    def _lead(self, to: str) -> None:
        self.send_response(302)
        self.send_header("Location", to)
        self.end_headers()

    def _page(self, said: str = "") -> None:
        own = f"http://{self.headers['Host']}"
        html = (
            f'<form action="{own}/in?a=1&amp;b=2"></form><a href="/me">me</a>'
            f'<a href="https://elsewhere.example/">out</a><p>{self.headers["Cookie"]}</p>'
            f"<p>{self.path}</p>{said}"
        )
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICIES.get(self.path, POLICY))
        self.end_headers()
        self.wfile.write(html.encode())


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def phone(site: str) -> Iterator[httpx.Client]:
    with (
        wechat_side(ACCOUNT, f"{site}/wechat") as side,
        httpx.Client(base_url=side.address, trust_env=False, timeout=PATIENCE) as client,
    ):
        yield client


def told(phone: httpx.Client) -> dict[str, Any]:
    browser: dict[str, Any] = phone.get("/conversation").json()["browser"]
    return browser


def place(phone: httpx.Client, path: str, openid: str = USER, whose: str = "site") -> str:
    return f"/inapp/{told(phone)['key']}/{openid}/{whose}{path}"


def test_only_the_phone_may_frame_a_page_which_has_no_rights_in_it(phone: httpx.Client) -> None:
    shown = phone.get(place(phone, "/"), headers=FRAME)
    policy = shown.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; form-action 'self'; frame-ancestors 'self'; ")
    assert policy.endswith("sandbox allow-forms allow-scripts")


@pytest.mark.parametrize(
    ("path", "scripts"),
    [
        ("/", "script-src 'sha256-"),
        ("/scripts", "script-src 'self' 'sha256-"),
        ("/default", "script-src 'self' 'sha256-"),
        ("/inline", "script-src 'self' 'unsafe-inline'; "),
        ("/images", "img-src 'self'; sandbox"),
    ],
)
def test_only_the_script_for_escape_may_run_besides_those_of_the_page(
    phone: httpx.Client, path: str, scripts: str
) -> None:
    policy = phone.get(place(phone, path), headers=FRAME).headers["Content-Security-Policy"]
    assert scripts in policy


def test_only_links_of_the_site_stay_inside(phone: httpx.Client) -> None:
    html = phone.get(place(phone, "/"), headers=FRAME).text
    assert f'action="{place(phone, "/in")}?a=1&amp;b=2"' in html
    assert f'href="{place(phone, "/me")}"' in html
    assert 'href="https://elsewhere.example/"' in html


def test_each_user_has_cookies_of_their_own(phone: httpx.Client) -> None:
    entered = phone.get(place(phone, "/in"), headers=FRAME)
    assert entered.headers["Location"] == place(phone, "/")
    assert "Set-Cookie" not in entered.headers
    assert "<p>__Host-who=me</p>" in phone.get(place(phone, "/")).text
    assert "<p></p>" in phone.get(place(phone, "/", "oAlice")).text


def test_a_form_is_sent_with_the_origin_of_the_site(phone: httpx.Client, site: str) -> None:
    form = phone.post(place(phone, "/"), data={"choice": "allow"}, headers={"Origin": "null"})
    assert f"choice=allow from {site}" in form.text


def test_the_shown_address_is_the_one_of_the_site(phone: httpx.Client, site: str) -> None:
    phone.get(place(phone, "/me?a=1"), headers=FRAME)
    phone.get(place(phone, "/style.css"))
    assert told(phone)["at"] == {USER: f"{site}/me?a=1"}


@pytest.mark.parametrize("path", ["/a%3Fb", "/a%2Fb", "/a%23b", "/50%25", "/a%252Fb", "/%E6%96%87"])
def test_a_path_is_requested_as_it_is_written(phone: httpx.Client, site: str, path: str) -> None:
    shown = phone.get(place(phone, path), headers=FRAME)
    assert f"<p>{path}</p>" in shown.text
    assert told(phone)["at"] == {USER: f"{site}{path}"}


def test_outside_addresses_are_not_fetched(phone: httpx.Client) -> None:
    answer = phone.get(place(phone, "/out"), headers=FRAME)
    assert answer.headers["Location"] == "https://elsewhere.example/"
    assert phone.get(place(phone, "/", whose="elsewhere")).status_code == 404


def test_wechats_own_pages_open_too(phone: httpx.Client) -> None:
    shown = phone.get(place(phone, "/connect/oauth2/authorize", whose="wechat"), headers=FRAME)
    assert "appid 参数错误" in shown.text


def test_it_opens_only_at_its_secret_address(phone: httpx.Client) -> None:
    assert phone.get(f"/inapp/guessed/{USER}/site/").status_code == 404


def test_a_site_that_cannot_be_reached_is_named() -> None:
    with wechat_side(ACCOUNT) as side, side.client() as phone:
        answer = phone.get(place(phone, "/me"))
    assert answer.status_code == 502
    assert "http://127.0.0.1:1/me" in answer.text


# --- Web authorization ------------------------------------------------------------------------


def authorized(phone: httpx.Client, site: str, choice: str) -> None:
    """A visitor goes to WeChat, makes that choice, and follows the redirects."""
    link = (
        f"{str(phone.base_url).rstrip('/')}/connect/oauth2/authorize?appid={ACCOUNT.app_id}"
        f"&redirect_uri={quote(f'{site}/oauth/callback', safe='')}&response_type=code"
        "&scope=snsapi_userinfo&state=thestate#wechat_redirect"
    )
    begin = place(phone, f"/oauth/authorize?next=/me%3Fticket=theticket&to={quote(link, safe='')}")
    sheet = followed(phone, phone.get(begin, headers=FRAME))
    form = {"choice": choice}
    followed(phone, phone.post(sheet.url.raw_path.decode(), data=form, headers=FRAME))


def followed(phone: httpx.Client, answer: httpx.Response) -> httpx.Response:
    while answer.has_redirect_location:
        answer = phone.get(answer.headers["location"].partition("#")[0], headers=FRAME)
    return answer


@pytest.mark.parametrize(
    ("choice", "outcome", "last"),
    [("allow", "signed_in", "page"), ("refuse", "refused", "callback")],
)
def test_a_web_authorization_is_recorded_page_by_page(
    phone: httpx.Client, site: str, choice: str, outcome: str, last: str
) -> None:
    phone.get(place(phone, "/"), headers=FRAME)  # an ordinary page
    authorized(phone, site, choice)
    visit = phone.get("/web-authorizations/0").json()
    assert (visit["openid"], visit["outcome"]) == (USER, outcome)
    kinds = [each["kind"] for each in visit["fetches"]]
    assert kinds[:4] == ["authorize", "consent", "choice", "callback"]
    assert kinds[-1] == last
    assert visit["fetches"][2]["form"] == {"choice": choice}
    assert phone.get("/web-authorizations/1").status_code == 404


def test_no_code_state_or_ticket_of_a_web_authorization_is_shown(
    phone: httpx.Client, site: str
) -> None:
    authorized(phone, site, "allow")
    told = phone.get("/web-authorizations/0")
    begun, _, _, callback, _ = told.json()["fetches"]
    assert begun["query"]["next"] == "/me?••••"
    assert callback["query"] == {"code": "••••", "state": "••••"}
    for secret in ("thestate", "theticket"):
        assert secret not in told.text


def test_the_next_web_authorization_of_a_user_is_a_separate_one(
    phone: httpx.Client, site: str
) -> None:
    authorized(phone, site, "refuse")
    authorized(phone, site, "allow")
    outcomes = [phone.get(f"/web-authorizations/{number}").json()["outcome"] for number in (0, 1)]
    assert outcomes == ["refused", "signed_in"]
