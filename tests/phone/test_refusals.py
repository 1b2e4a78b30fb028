"""The page's server accepts requests from its own page only, and only if they make sense."""

import json
from typing import Any

import httpx
import pytest

from tests.backends import Backend
from tests.phone.client import JSON, settled


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {**JSON, "Origin": "https://evil.example"},
        {**JSON, "Origin": "http://127.0.0.1:9999"},
        {**JSON, "Origin": "null"},
    ],
)
def test_a_foreign_page_cannot_push(
    phone: httpx.Client, server: Backend, headers: dict[str, str]
) -> None:
    body = json.dumps({"action": "say", "argument": "hi"})
    assert phone.post("/pushes", content=body, headers=headers).status_code == 403
    assert settled(phone) == []
    assert server.requests == []


DOORS = {
    "/arrivals": {"openid": "o", "fields": {"MsgType": "x"}},
    "/faults": {"name": "system-busy", "on": True},
    "/people": {"name": "小红"},
    "/menu": {"button": [{"type": "click", "name": "a", "key": "A"}]},
    "/mode": {"mode": "plaintext"},
    "/settings": {"LATE_ANSWERS": "passive"},
    "/repetitions": {"number": 0},
    "/stream": {"on": True},
    "/rotations": {"name": "token"},
    "/agent": {"act": "take", "openid": "o"},
    "/stored": {"act": "clear", "of": "o"},
    "/replays": {"steps": []},
    "/replays/end": {},
}
EVIL = {"Origin": "https://evil.example"}


@pytest.mark.parametrize("path", DOORS)
def test_a_foreign_page_cannot_act(phone: httpx.Client, path: str) -> None:
    before = phone.get("/conversation").json()
    for headers in ({**JSON, **EVIL}, {"Content-Type": "text/plain"}):
        body = json.dumps(DOORS[path])
        assert phone.post(path, content=body, headers=headers).status_code == 403
    assert phone.get("/conversation").json() == before


@pytest.mark.parametrize("headers", [{"Content-Type": "image/png"}, {**JSON}, EVIL])
def test_a_foreign_page_cannot_upload(phone: httpx.Client, headers: dict[str, str]) -> None:
    kind = {"Content-Type": "application/octet-stream"}
    response = phone.post("/uploads", content=b"picture", headers={**kind, **headers})
    assert response.status_code == 403


@pytest.mark.parametrize("path", ["/", "/conversation", "/faults", "/events", "/static/main.js"])
def test_a_foreign_host_name_is_refused(phone: httpx.Client, path: str) -> None:
    assert phone.get(path, headers={"Host": "evil.example"}).status_code == 400


def test_the_page_may_load_nothing_from_other_hosts(phone: httpx.Client) -> None:
    policy = phone.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "1",
        '"say"',
        "{}",
        '{"action": 1}',
        '{"action": "fly"}',
        '{"action": ["say"]}',
        '{"action": "say", "argument": 1}',
        '{"action": "say", "argument": null}',
        "\xff",
        "[" * 100_000,
    ],
)
def test_an_action_that_makes_no_sense_is_refused(phone: httpx.Client, body: str) -> None:
    response = phone.post("/pushes", content=body.encode("latin-1"), headers=JSON)
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("path", "wish"),
    [
        ("/repetitions", {"number": 0}),  # nobody has done anything yet
        ("/repetitions", {"number": "0"}),
        ("/people", {"name": ""}),
        ("/people", {"name": "x" * 21}),
        ("/mode", {"mode": "open"}),
        ("/settings", {"PATH": "/"}),
        ("/settings", {"LATE_ANSWERS": "never"}),
        ("/stream", {"on": True, "text": ""}),
        ("/rotations", {"name": "app-id"}),
        ("/rotations", {"name": "token"}),  # there is no SSM here
        ("/schedules", {"name": "--help me"}),
        ("/replays", {}),
        ("/replays", {"steps": [{"openid": "o", "push": {}}]}),
        ("/pushes", {"action": "say", "argument": "hi", "openid": 1}),
        ("/pushes", {"action": "say", "argument": "hi", "fields": []}),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    phone: httpx.Client, path: str, wish: dict[str, Any]
) -> None:
    assert phone.post(path, json=wish).status_code == 400


@pytest.mark.parametrize("since", ["9" * 5000, "one", "-1", "", "²"])
def test_a_revision_that_is_no_number_is_refused(phone: httpx.Client, since: str) -> None:
    assert phone.get("/conversation", params={"since": since}).status_code == 400


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"MsgType": "sticker"}, "[sticker]"),
        ({"MsgType": "link"}, "[链接] "),
        ({"Event": "new", "self": "x"}, "事件 new"),
        ({"Latitude": None}, "事件 LOCATION"),
    ],
)
def test_unknown_and_missing_fields_do_no_harm(
    phone: httpx.Client, fields: dict[str, object], shown: str
) -> None:
    wish = {"action": "event", "argument": "LOCATION", "fields": fields}
    assert phone.post("/pushes", json=wish).status_code == 202
    (turn,) = phone.get("/conversation").json()["entries"]
    assert turn["done"]["text"] == shown


def test_half_an_emoji_does_no_harm(phone: httpx.Client) -> None:
    body = '{"action": "say", "argument": "\\ud83d"}'
    assert phone.post("/pushes", content=body, headers=JSON).status_code == 202
    assert settled(phone)[0]["answer"]["text"] == "你也好"
