"""The gateway's JSON events can hold lone surrogates, which no encoding takes: no door fails."""

import pytest

from tests.conftest import OpenDoor
from tests.door import Door
from tests.visitors import Browser, People, Person

MING = Person("oMING-0123456789-0123456789")
BROKEN = ["\ud800", "a\udfffb", "\udc80" * 40]


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


@pytest.fixture
def people(door: Door) -> People:
    return People(door)


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize(
    "path",
    [
        "/oauth/authorize?next={}",
        "/oauth/authorize?scope={}",
        "/oauth/authorize?{}=1",
        "/oauth/authorize?next={}&next=/me",
        "/oauth/callback?code=0123456789abcdef&state={}",
        "/oauth/callback?state=0123456789abcdef&code={}",
        "/oauth/bind?ticket={}",
        "/me?x={}",
        "/{}",
        "/MP_verify_{}.txt",
    ],
)
def test_in_a_query_or_a_name_they_are_a_bad_request_without_a_line_in_the_log(
    door: Door, path: str, broken: str
) -> None:
    page = Browser().get(path.format(broken))
    assert (page.status, page.body) == (400, "bad request")
    assert page.headers["Content-Type"] == "text/plain"
    assert not door.log


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("name", ["__Host-session", "__Host-state-12345678", "theme", "{}"])
def test_a_cookie_that_holds_them_is_as_if_it_were_not_there(
    door: Door, people: People, name: str, broken: str
) -> None:
    browser = Browser(cookies={name.format(broken): broken})
    assert browser.get("/me").status == 302
    assert browser.sign_in(people, MING).status == 302
    assert not door.log


def test_a_cookie_beside_a_broken_one_counts(door: Door, people: People) -> None:
    browser = Browser()
    browser.sign_in(people, MING)
    browser.cookies["theme"] = "\ud800"
    assert "小明" in browser.get("/me").body


@pytest.mark.parametrize("path", ["/me", "/logout", "/oauth/bind"])
def test_in_the_query_of_a_form_they_are_a_bad_request(door: Door, path: str) -> None:
    assert Browser().post(f"{path}?x=\ud800", csrf="x").status == 400
    assert not door.log


@pytest.mark.parametrize(
    "body", [b"csrf=%ED%A0%80&action=forget&ticket=%ED%A0%80", b"\xed\xa0\x80"]
)
@pytest.mark.parametrize("path", ["/me", "/logout", "/oauth/bind"])
def test_in_a_form_they_prove_nothing(door: Door, people: People, path: str, body: bytes) -> None:
    browser = Browser()
    browser.sign_in(people, MING)
    assert browser.send("POST", path, body, "application/x-www-form-urlencoded").status == 403
    assert not door.log


@pytest.mark.parametrize("name", ["signature", "timestamp", "nonce", "echostr", "msg_signature"])
def test_a_push_or_a_verification_with_them_is_turned_away(door: Door, name: str) -> None:
    query: dict[str, str | list[str]] = {"timestamp": str(int(door.clock.now)), name: "\ud800"}
    assert door.get(query).status == 403
    assert door.post(query, "<xml/>").status in (400, 403)
    assert door.post({}, "\ud800").status in (400, 403)
    assert door.counted("PushFailed") == 0
