"""A saved conversation is replayed, and compared."""

import time
from pathlib import Path
from typing import Any

import httpx

from chalicelib.wechat.replies import Text
from local.log_file import kept
from simulator.events import USER
from tests.backends import Answer, Backend, backend, opened, replying
from tests.patience import wait_until
from tests.phone.client import ACCOUNT, answered, phone_for, saved
from tests.phone.work import queued, text, worked
from tests.simulated import client_of, wechat_side


def replayed(phone: httpx.Client, conversation: dict[str, Any]) -> list[str]:
    """The result of each step."""
    assert phone.post("/replays", json=conversation).status_code == 202

    def states() -> list[str]:
        return [step["result"] for step in phone.get("/replays").json()]

    wait_until(lambda: set(states()) <= {"same", "different"})
    return states()


def test_a_replayed_conversation_goes_the_same(phone: httpx.Client, server: Backend) -> None:
    answered(phone, "one")
    phone.post("/pushes", json={"action": "click", "argument": "K"})
    wait_until(lambda: len(server.requests) == 2 and len(saved(phone)["steps"]) == 2)
    assert replayed(phone, saved(phone)) == ["same", "same"]
    identities = {opened(ACCOUNT, request).identity for request in server.requests}
    assert len(identities) == 4  # new messages, not other deliveries of the old ones


def people(phone: httpx.Client) -> list[str]:
    return [each["openid"] for each in phone.get("/conversation").json()["people"]]


def test_each_replay_begins_with_a_new_user_who_leaves_with_it(
    phone: httpx.Client, server: Backend
) -> None:
    answered(phone, "one")
    conversation, before = saved(phone), people(phone)
    first, second = (phone.post("/replays", json=conversation).json()["openid"] for _ in range(2))
    assert people(phone) == [*before, second]
    wait_until(lambda: phone.get("/replays").json()[0]["result"] == "same")
    assert second in {opened(ACCOUNT, each).push.from_user_name for each in server.requests}
    assert first not in before
    assert phone.post("/replays/end", json={}).status_code == 204
    assert phone.get("/replays").json() == []
    assert people(phone) == before


def test_a_different_answer_is_reported() -> None:
    answers = [replying(ACCOUNT, Text(word)) for word in ("one", "two", "one", "other")]
    with backend(*answers) as server, phone_for(server) as phone:
        answered(phone, "1")
        answered(phone, "2")
        assert replayed(phone, saved(phone)) == ["same", "different"]


def test_a_saved_fault_is_expected_again() -> None:
    with backend(Answer("{}")) as server, phone_for(server) as phone:
        answered(phone, "1")
        assert saved(phone)["steps"][0]["fault"] is True
        assert replayed(phone, saved(phone)) == ["same"]


def test_a_replay_waits_for_late_answers(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, side.client() as phone:
        api = client_of(side.address, ACCOUNT)
        late = {"msgtype": "text", "text": {"content": "late"}}
        answered(phone, "hi")
        api.send(USER, late)
        conversation = saved(phone)
        assert [each["text"] for each in conversation["steps"][0]["late"]] == ["late"]
        openid = phone.post("/replays", json=conversation).json()["openid"]
        wait_until(lambda: len(server.requests) == 2)
        assert phone.get("/replays").json()[0]["result"] == "running"
        api.send(openid, late)
        wait_until(lambda: phone.get("/replays").json()[0]["result"] == "same")


# --- Replayed while other things happen -------------------------------------------------------


def identities(phone: httpx.Client) -> list[str]:
    entries = phone.get("/conversation").json()["entries"]
    return [entry["identity"] for entry in entries if "identity" in entry]


def test_a_replay_counts_only_the_answers_to_its_own_push(server: Backend, tmp_path: Path) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        side.client() as phone,
    ):
        door, worker = kept(tmp_path / "backend.log"), kept(tmp_path / "worker.log")
        api = client_of(side.address, ACCOUNT)

        def work(identity: str, answer: str, openid: str = USER) -> None:
            began = time.time()
            api.send(openid, text(answer))
            worker(worked(began, time.time(), identity))

        own = answered(phone, "slow")["identity"]
        door(queued(own))
        before = saved(phone)
        assert (before["steps"], before["left_out"]) == ([], 1)  # its answer is still to come
        work(own, "the answer")
        conversation = saved(phone)
        assert [len(step["late"]) for step in conversation["steps"]] == [1]
        openid = phone.post("/replays", json=conversation).json()["openid"]
        wait_until(lambda: len(identities(phone)) == 2)
        other = answered(phone, "something else")["identity"]
        again = identities(phone)[1]
        for identity in (again, other):
            door(queued(identity))
        work(other, "another answer")
        work(again, "the answer", openid)
        wait_until(lambda: phone.get("/replays").json()[0]["result"] != "running")
        (step,) = phone.get("/replays").json()
        assert [each["text"] for each in step["actual"]["late"]] == ["the answer"]
        assert step["result"] == "same"


def test_a_replay_sees_an_additional_answer(server: Backend, tmp_path: Path) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        side.client() as phone,
    ):
        door, worker = kept(tmp_path / "backend.log"), kept(tmp_path / "worker.log")
        api = client_of(side.address, ACCOUNT)
        answered(phone, "slow")
        openid = phone.post("/replays", json=saved(phone)).json()["openid"]
        wait_until(lambda: len(identities(phone)) == 2)
        again = identities(phone)[1]
        door(queued(again))
        began = time.time()
        api.send(openid, text("one too many"))
        worker(worked(began, time.time(), again))
        wait_until(lambda: phone.get("/replays").json()[0]["result"] == "different")
