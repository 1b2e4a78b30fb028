"""The page's server takes pushes from its own page only, and keeps the conversation."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.replies import Article, News, Text
from simulator import pushes
from simulator.account import Account
from simulator.console import Console
from simulator.events import USER
from simulator.wording import FAULT
from tests.backends import Answer, Backend, backend, held, opened, replying
from tests.patience import PATIENCE, wait_until
from tests.simulated import client_of, wechat_side

ACCOUNT = Account.new()
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def server() -> Iterator[Backend]:
    with backend(replying(ACCOUNT, Text("你也好"))) as running:
        yield running


@contextmanager
def phone_for(server: Backend) -> Iterator[httpx.Client]:
    """A client of the page's server."""
    with (
        wechat_side(ACCOUNT, server.url) as side,
        httpx.Client(base_url=side.address, trust_env=False, timeout=PATIENCE) as client,
    ):
        yield client


@pytest.fixture
def phone(server: Backend) -> Iterator[httpx.Client]:
    with phone_for(server) as client:
        yield client


def settled(phone: httpx.Client) -> list[dict[str, Any]]:
    """The entries of the conversation when nothing is under way any more."""
    while True:
        entries: list[dict[str, Any]] = phone.get("/conversation").json()["entries"]
        if not any(entry.get("pending") for entry in entries):
            return entries
        time.sleep(0.01)


def say(phone: httpx.Client, text: str) -> None:
    assert phone.post("/pushes", json={"action": "say", "argument": text}).status_code == 202


def test_a_turn_shows_what_was_said_what_was_answered_and_the_exchange(phone: httpx.Client) -> None:
    say(phone, "你好")
    (turn,) = settled(phone)
    assert turn["done"] == {"kind": "text", "text": "你好"}
    assert turn["answer"] == {"kind": "text", "text": "你也好"}
    assert turn["fault"] == ""
    (exchange,) = phone.get("/turns/0").json()["exchanges"]
    assert exchange["status"] == 200
    assert "<Content><![CDATA[你好]]></Content>" in exchange["sent"]["xml"]
    assert "<Encrypt>" in exchange["sent"]["raw"]
    assert "\n<Content><![CDATA[你也好]]></Content>\n" in exchange["reply"]["xml"]
    assert "<MsgSignature>" in exchange["reply"]["raw"]


def test_a_turn_is_pending_until_its_outcome_is_there() -> None:
    seen = Event()
    with backend(held(seen, Answer())) as server, phone_for(server) as phone:
        say(phone, "hi")
        (turn,) = phone.get("/conversation").json()["entries"]
        assert turn["pending"]
        seen.set()
        (turn,) = settled(phone)
        assert turn["answer"] is None


def test_a_fault_is_shown_as_wechat_words_it() -> None:
    with backend(Answer("{}")) as server, phone_for(server) as phone:
        say(phone, "hi")
        (turn,) = settled(phone)
    assert turn["fault"] == FAULT
    assert turn["deliveries"][0]["failure"] == "NOT_A_REPLY"
    assert "XML" in turn["deliveries"][0]["reason"]


def test_articles_are_told_one_by_one() -> None:
    news = News(Article("一", "二", "三", "四"))
    with backend(replying(ACCOUNT, news)) as server, phone_for(server) as phone:
        say(phone, "hi")
        (turn,) = settled(phone)
    expected = {"title": "一", "description": "二", "pic_url": "三", "url": "四"}
    assert turn["answer"]["articles"] == [expected]


def test_each_delivery_is_told_while_the_next_ones_are_under_way() -> None:
    seen = [Event(), Event()]
    broken = Answer(status=500)
    with (
        backend(broken, *(held(each, broken) for each in seen)) as server,
        phone_for(server) as phone,
    ):
        say(phone, "hi")
        for number, each in enumerate(seen, 1):
            while exchanges(phone) < number:
                time.sleep(0.01)
            each.set()
        settled(phone)
        assert exchanges(phone) == 3


def exchanges(phone: httpx.Client) -> int:
    """How many the only turn has so far."""
    (turn,) = phone.get("/conversation").json()["entries"]
    return len(turn["deliveries"])


@pytest.mark.parametrize("since", ["9" * 5000, "one", "-1", "", "²"])
def test_a_revision_that_is_no_number_is_refused(phone: httpx.Client, since: str) -> None:
    assert phone.get("/conversation", params={"since": since}).status_code == 400


def test_only_what_changed_since_a_revision_is_told(phone: httpx.Client) -> None:
    say(phone, "one")
    settled(phone)
    revision = phone.get("/conversation").json()["revision"]
    assert phone.get(f"/conversation?since={revision}").json()["entries"] == []
    say(phone, "two")
    settled(phone)
    news = phone.get(f"/conversation?since={revision}").json()["entries"]
    assert [turn["done"]["text"] for turn in news] == ["two"]


@pytest.mark.parametrize(
    ("action", "argument", "fields"),
    [
        ("click", "K", {"Event": "CLICK", "EventKey": "K"}),
        ("scan", "42", {"Event": "SCAN", "EventKey": "42"}),
        ("follow", "", {"Event": "subscribe", "EventKey": None}),
        ("follow", "42", {"Event": "subscribe", "EventKey": "qrscene_42"}),
        ("unfollow", "", {"Event": "unsubscribe"}),
        ("image", "", {"MsgType": "image"}),
        ("voice", "", {"MsgType": "voice"}),
        ("video", "", {"MsgType": "video"}),
        ("location", "", {"MsgType": "location"}),
        ("link", "", {"MsgType": "link"}),
    ],
)
def test_each_action_pushes_what_it_says(
    phone: httpx.Client, server: Backend, action: str, argument: str, fields: dict[str, object]
) -> None:
    phone.post("/pushes", json={"action": action, "argument": argument})
    settled(phone)
    arrived = opened(ACCOUNT, server.requests[0]).push.fields
    assert {name: arrived[name] for name in fields} == fields


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
    "/replays": {"steps": []},
}
EVIL = {"Origin": "https://evil.example"}


@pytest.mark.parametrize("path", DOORS)
def test_a_foreign_page_can_do_nothing(phone: httpx.Client, path: str) -> None:
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
    ("action", "argument", "shown"),
    [
        ("follow", "", "关注了公众号"),
        ("follow", "poster", "扫描二维码“poster”关注了公众号"),
        ("scan", "poster", "扫描了二维码“poster”"),
        ("unfollow", "", "取消关注了公众号"),
    ],
)
def test_what_the_user_did_is_told_with_its_scene(
    phone: httpx.Client, action: str, argument: str, shown: str
) -> None:
    phone.post("/pushes", json={"action": action, "argument": argument})
    done = settled(phone)[0]["done"]
    assert (done["kind"], done["text"]) == ("event", shown)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"MsgType": "sticker"}, "[sticker]"),
        ({"MsgType": "link"}, "[链接] "),
        ({"Event": "new", "self": "x"}, "事件 new"),
        ({"Latitude": None}, "事件 LOCATION"),
    ],
)
def test_fields_that_nobody_knows_or_that_are_missing_harm_nobody(
    phone: httpx.Client, fields: dict[str, object], shown: str
) -> None:
    wish = {"action": "event", "argument": "LOCATION", "fields": fields}
    assert phone.post("/pushes", json=wish).status_code == 202
    (turn,) = phone.get("/conversation").json()["entries"]
    assert turn["done"]["text"] == shown


def test_half_an_emoji_harms_nobody(phone: httpx.Client) -> None:
    body = '{"action": "say", "argument": "\\ud83d"}'
    assert phone.post("/pushes", content=body, headers=JSON).status_code == 202
    assert settled(phone)[0]["answer"]["text"] == "你也好"


def test_the_page_may_fetch_from_nowhere_else(phone: httpx.Client) -> None:
    policy = phone.get("/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy


# --- What comes late --------------------------------------------------------------------------


def test_a_late_message_follows_what_the_user_did(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, httpx.Client(base_url=side.address) as phone:
        say(phone, "hi")
        settled(phone)
        revision = phone.get("/conversation").json()["revision"]
        api = client_of(side.address, ACCOUNT)
        api.send(USER, {"msgtype": "text", "text": {"content": "late"}})
        (late,) = phone.get(f"/conversation?since={revision}").json()["entries"]
    assert (late["number"], late["openid"]) == (1, USER)
    assert late["late"] == {"kind": "text", "text": "late"}


def test_typing_is_told_while_it_lasts(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, httpx.Client(base_url=side.address) as phone:
        say(phone, "hi")
        assert not phone.get("/conversation").json()["people"][0]["typing"]
        client_of(side.address, ACCOUNT).typing(USER)
        assert phone.get("/conversation").json()["people"][0]["typing"]


def test_each_user_has_a_chat_of_his_own(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, httpx.Client(base_url=side.address) as phone:
        say(phone, "hi")
        side.world.arrived(pushes.text("hi").by("oAlice"))
        api = client_of(side.address, ACCOUNT)
        api.send("oAlice", {"msgtype": "text", "text": {"content": "late"}})
        conversation = phone.get("/conversation").json()
    assert [entry["openid"] for entry in conversation["entries"]] == [USER, "oAlice"]
    assert [each["openid"] for each in conversation["people"]][-1] == "oAlice"
    call = conversation["calls"][-1]
    assert (call["path"], call["openid"]) == ("/cgi-bin/message/custom/send", "oAlice")


# --- More than one user, a menu, a picture ----------------------------------------------------


def told(phone: httpx.Client, name: str) -> Any:
    return phone.get("/conversation").json()[name]


def test_somebody_new_follows_and_writes(phone: httpx.Client) -> None:
    openid = phone.post("/people", json={"name": "小红"}).json()["openid"]
    assert told(phone, "people")[-1]["follows"] is False
    phone.post("/pushes", json={"action": "follow", "openid": openid})
    settled(phone)
    phone.post("/pushes", json={"action": "say", "argument": "hi", "openid": openid})
    followed, said = settled(phone)
    assert (followed["openid"], said["openid"]) == (openid, openid)
    assert told(phone, "people")[-1]["follows"] is True


def test_the_menu_is_the_one_that_the_account_has_pushed(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, httpx.Client(base_url=side.address) as phone:
        say(phone, "hi")
        button = {"type": "click", "name": "客服", "key": "CONTACT"}
        client_of(side.address, ACCOUNT).create_menu([button])
        assert told(phone, "menu") == {"button": [button]}
        assert phone.post("/menu", json={"button": [button] * 4}).status_code == 400
        phone.post("/menu", json={})
        assert told(phone, "menu") is None


def test_a_picture_from_disk_is_shown_and_can_be_downloaded_by_the_backend(
    server: Backend,
) -> None:
    picture = b"\xff\xd8\xff\xe0 picture"
    with wechat_side(ACCOUNT, server.url) as side, httpx.Client(base_url=side.address) as phone:
        kind = {"Content-Type": "application/octet-stream"}
        media_id = phone.post("/uploads", content=picture, headers=kind).json()["media_id"]
        phone.post("/pushes", json={"action": "image", "fields": {"MediaId": media_id}})
        (turn,) = settled(phone)
        shown = phone.get(f"/{turn['done']['picture']}")
        assert (shown.content, shown.headers["Content-Type"]) == (picture, "image/jpeg")
        assert client_of(side.address, ACCOUNT).download_media(media_id) == picture
        assert phone.post("/uploads", content=b"x" * 10_000_001, headers=kind).status_code == 413


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
        ("/replays", {}),
        ("/replays", {"steps": [{"openid": "o", "push": {}}]}),
        ("/pushes", {"action": "say", "argument": "hi", "openid": 1}),
        ("/pushes", {"action": "say", "argument": "hi", "fields": []}),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    phone: httpx.Client, path: str, wish: dict[str, Any]
) -> None:
    assert phone.post(path, json=wish).status_code == 400


def test_the_console_pushes_in_the_mode_that_was_chosen(tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    ACCOUNT.save(path)
    console = Console(path, partial(Account.load, path))
    plain = replace(ACCOUNT, mode=Mode.PLAINTEXT)
    with (
        backend(replying(plain, Text("你也好"))) as server,
        wechat_side(ACCOUNT, server.url, console=console) as side,
        httpx.Client(base_url=side.address) as phone,
    ):
        phone.post("/mode", json={"mode": "plaintext"})
        say(phone, "hi")
        settled(phone)
        (exchange,) = phone.get("/turns/0").json()["exchanges"]
        assert told(phone, "mode") == "plaintext"
    assert "<Content><![CDATA[hi]]></Content>" in exchange["sent"]["raw"]
    assert exchange["reply"]["xml"]


def test_the_menu_and_added_users_are_there_in_the_next_run(tmp_path: Path) -> None:
    menu = {"button": [{"type": "click", "name": "报告", "key": "REPORT"}]}
    with wechat_side(ACCOUNT, run=tmp_path) as side, httpx.Client(base_url=side.address) as phone:
        names = [each["name"] for each in told(phone, "menu")["button"]]
        assert names == ["我的资料"]
        phone.post("/menu", json=menu)
        phone.post("/people", json={"name": "小红"})
    with wechat_side(ACCOUNT, run=tmp_path) as side, httpx.Client(base_url=side.address) as phone:
        assert told(phone, "menu") == menu
        assert told(phone, "people")[-1]["name"] == "小红"


def test_a_stream_of_pushes_is_counted(phone: httpx.Client) -> None:
    phone.post("/stream", json={"on": True, "text": "hi"})
    wait_until(lambda: told(phone, "stream")["answered"] >= 2)
    phone.post("/stream", json={"on": False})
    counted = told(phone, "stream")
    assert counted["runs"] is False
    assert (counted["refused"], counted["failed"]) == (0, 0)
    assert settled(phone) == []  # none of them is in a chat


def test_a_refused_push_of_the_stream_is_counted() -> None:
    with backend(Answer(status=403)) as server, phone_for(server) as phone:
        phone.post("/stream", json={"on": True})
        wait_until(lambda: told(phone, "stream")["failed"])
        assert told(phone, "stream")["refused"] == 3
