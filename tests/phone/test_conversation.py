"""The page's server has the conversation: messages, answers, and what came late."""

import time
from threading import Event

import httpx
import pytest

from chalicelib.wechat.replies import Article, News
from simulator import pushes
from simulator.events import USER
from simulator.wording import FAULT
from tests.backends import Answer, Backend, backend, held, opened, replying
from tests.phone.client import ACCOUNT, phone_for, say, settled
from tests.simulated import client_of, wechat_side

# --- Messages and answers ---------------------------------------------------------------------


def test_a_turn_shows_the_message_the_answer_and_the_exchange(phone: httpx.Client) -> None:
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


def test_a_turn_is_pending_until_it_has_an_outcome() -> None:
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


def test_articles_are_listed_one_by_one() -> None:
    news = News(Article("一", "二", "三", "四"))
    with backend(replying(ACCOUNT, news)) as server, phone_for(server) as phone:
        say(phone, "hi")
        (turn,) = settled(phone)
    expected = {"title": "一", "description": "二", "pic_url": "三", "url": "四"}
    assert turn["answer"]["articles"] == [expected]


def test_each_delivery_is_shown_while_the_next_ones_are_under_way() -> None:
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
    """The number of exchanges of the only turn so far."""
    (turn,) = phone.get("/conversation").json()["entries"]
    return len(turn["deliveries"])


def test_only_what_changed_since_a_revision_is_returned(phone: httpx.Client) -> None:
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
    ("action", "argument", "shown"),
    [
        ("follow", "", "关注了公众号"),
        ("follow", "poster", "扫描二维码“poster”关注了公众号"),
        ("scan", "poster", "扫描了二维码“poster”"),
        ("unfollow", "", "取消关注了公众号"),
    ],
)
def test_an_action_is_shown_with_its_scene(
    phone: httpx.Client, action: str, argument: str, shown: str
) -> None:
    phone.post("/pushes", json={"action": action, "argument": argument})
    done = settled(phone)[0]["done"]
    assert (done["kind"], done["text"]) == ("event", shown)


# --- What comes late --------------------------------------------------------------------------


def test_a_late_message_follows_what_the_user_did(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, side.client() as phone:
        say(phone, "hi")
        settled(phone)
        revision = phone.get("/conversation").json()["revision"]
        api = client_of(side.address, ACCOUNT)
        api.send(USER, {"msgtype": "text", "text": {"content": "late"}})
        turn, late = phone.get(f"/conversation?since={revision}").json()["entries"]
    assert (turn["state"], turn["parts"]) == ("sent", 1)
    assert (late["number"], late["openid"], late["cause"]) == (1, USER, 0)
    assert late["late"] == {"kind": "text", "text": "late"}


def test_typing_is_shown_while_it_lasts(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, side.client() as phone:
        say(phone, "hi")
        assert not phone.get("/conversation").json()["people"][0]["typing"]
        client_of(side.address, ACCOUNT).typing(USER)
        assert phone.get("/conversation").json()["people"][0]["typing"]


def test_each_user_has_a_chat_of_their_own(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, side.client() as phone:
        say(phone, "hi")
        side.world.arrived(pushes.text("hi").by("oAlice"))
        api = client_of(side.address, ACCOUNT)
        api.send("oAlice", {"msgtype": "text", "text": {"content": "late"}})
        conversation = phone.get("/conversation").json()
    assert [entry["openid"] for entry in conversation["entries"]] == [USER, "oAlice"]
    assert [each["openid"] for each in conversation["people"]][-1] == "oAlice"
    call = conversation["calls"][-1]
    assert (call["path"], call["openid"]) == ("/cgi-bin/message/custom/send", "oAlice")
