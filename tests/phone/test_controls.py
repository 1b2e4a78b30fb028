"""What the page can change: users, the menu, pictures, the mode, a stream of pushes."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.replies import Text
from simulator.account import Account
from simulator.console import Console
from tests.backends import Answer, Backend, backend, replying
from tests.patience import wait_until
from tests.phone.client import ACCOUNT, phone_for, say, settled, told
from tests.simulated import client_of, wechat_side


def test_an_added_user_follows_and_writes(phone: httpx.Client) -> None:
    openid = phone.post("/people", json={"name": "小红"}).json()["openid"]
    assert told(phone, "people")[-1]["follows"] is False
    phone.post("/pushes", json={"action": "follow", "openid": openid})
    settled(phone)
    phone.post("/pushes", json={"action": "say", "argument": "hi", "openid": openid})
    followed, said = settled(phone)
    assert (followed["openid"], said["openid"]) == (openid, openid)
    assert told(phone, "people")[-1]["follows"] is True


def test_the_menu_is_the_one_that_the_account_has_set(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, side.client() as phone:
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
    with wechat_side(ACCOUNT, server.url) as side, side.client() as phone:
        kind = {"Content-Type": "application/octet-stream"}
        media_id = phone.post("/uploads", content=picture, headers=kind).json()["media_id"]
        phone.post("/pushes", json={"action": "image", "fields": {"MediaId": media_id}})
        (turn,) = settled(phone)
        shown = phone.get(f"/{turn['done']['picture']}")
        assert (shown.content, shown.headers["Content-Type"]) == (picture, "image/jpeg")
        assert client_of(side.address, ACCOUNT).download_media(media_id) == picture
        assert phone.post("/uploads", content=b"x" * 10_000_001, headers=kind).status_code == 413


def test_the_console_pushes_in_the_chosen_mode(tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    ACCOUNT.save(path)
    console = Console(path, partial(Account.load, path))
    plain = replace(ACCOUNT, mode=Mode.PLAINTEXT)
    with (
        backend(replying(plain, Text("你也好"))) as server,
        wechat_side(ACCOUNT, server.url, console=console) as side,
        side.client() as phone,
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
    with wechat_side(ACCOUNT, run=tmp_path) as side, side.client() as phone:
        names = [each["name"] for each in told(phone, "menu")["button"]]
        assert names == ["我的资料"]
        phone.post("/menu", json=menu)
        phone.post("/people", json={"name": "小红"})
    with wechat_side(ACCOUNT, run=tmp_path) as side, side.client() as phone:
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
