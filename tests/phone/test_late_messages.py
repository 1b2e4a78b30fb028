"""Calls and late messages are shown under the push that they belong to."""

import time
from pathlib import Path

from local.log_file import kept
from simulator import pushes
from simulator.events import USER
from tests.backends import Backend
from tests.patience import wait_until
from tests.phone.client import ACCOUNT, answered, saved
from tests.phone.work import mail_for, text, worked
from tests.simulated import client_of, wechat_side


def test_without_a_log_a_late_message_belongs_to_the_turn_before_it(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, side.client() as phone:
        answered(phone, "hi")
        side.world.arrived(pushes.text("hi").by("oAlice"))
        late = {"msgtype": "text", "text": {"content": "late"}}
        for openid in (USER, "oAlice"):
            client_of(side.address, ACCOUNT).send(openid, late)
        assert phone.get("/turns/1").json()["done"]["text"] == "hi"
        alone = phone.get("/turns/2").json()  # Alice wrote from elsewhere
        assert (alone["number"], alone["late"]["text"]) == (2, "late")
        assert phone.get("/turns/3").status_code == 404
        assert phone.get("/turns/2/routes").status_code == 404


def test_calls_and_messages_belong_to_the_push_whose_job_made_them(
    server: Backend, tmp_path: Path
) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        side.client() as phone,
    ):
        keep, api = kept(tmp_path / "worker.log"), client_of(side.address, ACCOUNT)
        one, other = answered(phone, "1")["identity"], answered(phone, "2")["identity"]
        for identity in (one, other):
            began = time.time()
            api.send(USER, text(f"answer to {identity}"))
            keep(worked(began, time.time(), identity))
        ended = time.time()
        wait_until(lambda: time.time() > ended + 1)
        api.send(USER, text("news"))
        turns = [phone.get(f"/turns/{number}").json() for number in (0, 1)]
        for turn in turns:
            (arrived,) = turn["arrived"]
            assert arrived["late"]["text"] == f"answer to {turn['identity']}"
            sent = [each["request"] for each in turn["calls"] if each["openid"]]
            assert [each["text"] for each in sent] == [{"content": arrived["late"]["text"]}]
        assert [len(step["late"]) for step in saved(phone)["steps"]] == [1, 1]
        shown = [phone.get(f"/turns/{number}").json() for number in (2, 3, 4)]
        assert [each["number"] for each in shown] == [0, 1, 4]
        assert (shown[2]["late"]["text"], shown[2]["calls"]) == ("news", [])


def test_a_message_that_a_handler_sent_to_anybody_is_shown_under_its_push(
    server: Backend, tmp_path: Path
) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        side.client() as phone,
    ):
        keep, api = kept(tmp_path / "worker.log"), client_of(side.address, ACCOUNT)
        identity = answered(phone, "tell Alice")["identity"]
        answered(phone, "something else")
        side.world.arrived(pushes.text("hi").by("oAlice"))
        began = time.time()
        api.send("oAlice", text("a greeting"))
        keep(worked(began, time.time(), mail_for(identity, "oAlice")))
        turn = phone.get("/turns/0").json()
        (arrived,) = turn["arrived"]
        assert (arrived["openid"], arrived["late"]["text"]) == ("oAlice", "a greeting")
        assert [line["entry"]["event"] for line in turn["lines"]] == ["job"]
        assert [call["openid"] for call in turn["calls"] if call["openid"]] == ["oAlice"]
        assert phone.get("/turns/1").json()["arrived"] == []
        assert phone.get("/turns/2").json()["number"] == 0
        assert [step["late"] for step in saved(phone)["steps"]] == [
            [],
            [],
        ]  # not what the user read


def test_a_message_without_a_push_shows_its_own_job(server: Backend, tmp_path: Path) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        side.client() as phone,
    ):
        keep, api = kept(tmp_path / "worker.log"), client_of(side.address, ACCOUNT)
        answered(phone, "hi")
        began = time.time()
        api.send(USER, text("good morning"))
        keep(worked(began, time.time(), mail_for("a schedule of ours", USER)))
        alone = phone.get("/turns/1").json()
        assert [each["late"]["text"] for each in alone["arrived"]] == ["good morning"]
        assert [line["entry"]["event"] for line in alone["lines"]] == ["job"]
        assert {"text": {"content": "good morning"}} in [
            {"text": call["request"].get("text")} for call in alone["calls"]
        ]
        assert phone.get("/turns/0").json()["arrived"] == []
