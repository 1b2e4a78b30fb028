"""What is behind each turn: proofs, routes, a command to repeat it; and news as they happen."""

import json
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from chalicelib.delivery.jobs import Job
from chalicelib.delivery.outgoing import OutgoingMessages
from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.replies import Text
from local.log_file import kept
from simulator import pushes
from simulator.account import Account
from simulator.events import USER
from tests import project
from tests.backends import Answer, Backend, Request, backend, opened, replying
from tests.fakes import Clock, FakeQueue
from tests.patience import PATIENCE, wait_until
from tests.simulated import client_of, wechat_side

ACCOUNT = Account.new()


@pytest.fixture
def server() -> Iterator[Backend]:
    with backend(replying(ACCOUNT, Text("你也好"))) as running:
        yield running


@contextmanager
def phone_for(account: Account, server: Backend) -> Iterator[httpx.Client]:
    with (
        wechat_side(account, server.url) as side,
        httpx.Client(base_url=side.address, trust_env=False, timeout=PATIENCE) as client,
    ):
        yield client


@pytest.fixture
def phone(server: Backend) -> Iterator[httpx.Client]:
    with phone_for(ACCOUNT, server) as client:
        yield client


def say(phone: httpx.Client, text: str) -> dict[str, Any]:
    """The details of the turn once it is over."""
    number = len(phone.get("/conversation").json()["entries"])
    phone.post("/pushes", json={"action": "say", "argument": text})
    wait_until(lambda: not phone.get("/conversation").json()["entries"][number]["pending"])
    turn: dict[str, Any] = phone.get(f"/turns/{number}").json()
    return turn


# --- Proofs -----------------------------------------------------------------------------------


def test_the_steps_of_both_signatures_lead_to_what_was_sent(phone: httpx.Client) -> None:
    (exchange,) = say(phone, "hi")["exchanges"]
    for proof, name in (("push_signature", "msg_signature"), ("reply_signature", "MsgSignature")):
        told = exchange[proof]
        assert told["name"] == name
        assert told["fits"]
        assert told["digest"] == told["given"]
        assert {part["name"].lower() for part in told["parts"]} == {
            "token",
            "timestamp",
            "nonce",
            "encrypt",
        }


def test_what_was_encrypted_adds_up(phone: httpx.Client) -> None:
    (exchange,) = say(phone, "你好")["exchanges"]
    sealed = exchange["push_signature"]["sealed"]
    assert sealed["total"] % 32 == 0
    assert 1 <= sealed["padding"] <= 32
    whole = 20 + sealed["length"] + len(sealed["app_id"]) + sealed["padding"]
    assert whole == sealed["total"]


def test_in_plaintext_there_is_one_signature_and_nothing_sealed() -> None:
    plain = replace(ACCOUNT, mode=Mode.PLAINTEXT)
    with backend(replying(plain, Text("hi"))) as server, phone_for(plain, server) as phone:
        (exchange,) = say(phone, "hi")["exchanges"]
    assert exchange["push_signature"]["name"] == "signature"
    assert exchange["push_signature"]["fits"]
    assert exchange["push_signature"]["sealed"] == {}
    assert exchange["reply_signature"] is None


def test_no_secret_is_told(phone: httpx.Client) -> None:
    say(phone, "hi")
    paths = ("/turns/0", "/turns/0/curl", "/turns/0/routes", "/conversation", "/saved")
    told = "".join(phone.get(path).text for path in paths)
    for secret in (ACCOUNT.token, ACCOUNT.encoding_aes_key, ACCOUNT.app_secret):
        assert secret not in told


# --- Routes -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with handlers of its own, in which the page is served."""
    copy = project.copy_to(tmp_path / "project")
    project.save_handlers(copy, project.ROUTES)
    monkeypatch.chdir(copy)
    return copy


def test_the_route_that_answers_is_told_and_why_the_others_do_not(
    folder: Path, phone: httpx.Client
) -> None:
    say(phone, "news")
    told = phone.get("/turns/0/routes").json()
    assert (told["kind"], told["route"]) == ("TextMessage", "test.news")
    contact, usage, news, others = told["routes"]
    assert (contact["why"], contact["kind"]) == ("kind", "ClickEvent")
    assert (usage["why"], usage["field"], usage["pattern"]) == ("field", "content", "help|[?]")
    assert (news["why"], news["travels"]) == ("fits", "slow")
    assert (others["why"], others["travels"]) == ("earlier", "recorded")
    assert usage["place"] == "chalicelib/handlers/__init__.py:13"


def test_a_saved_handler_is_asked_anew(folder: Path, phone: httpx.Client) -> None:
    say(phone, "news")
    assert phone.get("/turns/0/routes").json()["route"] == "test.news"
    project.save_handlers(folder, project.ROUTES.replace('"news"', '"more news"'))
    assert phone.get("/turns/0/routes").json()["route"] == "test.others"
    project.save_handlers(folder, "routes = (")
    assert phone.get("/turns/0/routes").json()["problem"].startswith("SyntaxError")


def test_what_cannot_be_read_is_a_problem_that_is_told(folder: Path, phone: httpx.Client) -> None:
    phone.post("/pushes", json={"action": "image", "fields": {"MediaId": ""}})
    wait_until(lambda: not phone.get("/conversation").json()["entries"][0]["pending"])
    assert "Unreadable" in phone.get("/turns/0/routes").json()["problem"]


# --- A command --------------------------------------------------------------------------------


def test_the_push_as_a_command_is_taken_by_the_backend(
    phone: httpx.Client, server: Backend
) -> None:
    said = say(phone, "it's $HOME")
    words = shlex.split(phone.get("/turns/0/curl").text)
    assert words[:2] == ["curl", "-sS"]
    address, body = words[2], words[words.index("--data-binary") + 1]
    request = Request(dict(parse_qsl(urlsplit(address).query)), {}, body.encode())
    again = opened(ACCOUNT, request)
    assert again.push.fields["Content"] == "it's $HOME"
    assert again.identity == said["identity"] == opened(ACCOUNT, server.requests[0]).identity


# --- What came late ---------------------------------------------------------------------------


def test_a_late_message_leads_to_the_turn_before_it(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, httpx.Client(base_url=side.address) as phone:
        say(phone, "hi")
        side.world.arrived(pushes.text("hi").by("oAlice"))
        late = {"msgtype": "text", "text": {"content": "late"}}
        for openid in (USER, "oAlice"):
            client_of(side.address, ACCOUNT).send(openid, late)
        assert phone.get("/turns/1").json()["done"]["text"] == "hi"
        alone = phone.get("/turns/2").json()  # Alice wrote from elsewhere
        assert (alone["number"], alone["late"]["text"]) == (2, "late")
        assert phone.get("/turns/3").status_code == 404
        assert phone.get("/turns/2/routes").status_code == 404


def text(content: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content}}


def worked(began: float, ended: float, identity: str, **fields: object) -> str:
    """The worker's line about a try."""
    took = (ended - began) * 1000
    line = {"time": ended, "level": "INFO", "event": "job", "identity": identity}
    return json.dumps({**line, "JobMilliseconds": took, "outcome": "sent", **fields})


def test_calls_and_messages_belong_to_the_push_whose_job_made_them(
    server: Backend, tmp_path: Path
) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        httpx.Client(base_url=side.address) as phone,
    ):
        keep, api = kept(tmp_path / "worker.log"), client_of(side.address, ACCOUNT)
        one, other = say(phone, "1")["identity"], say(phone, "2")["identity"]
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


def mail_for(seed: str, openid: str) -> str:
    """The identity of the message that a handler sends to that user."""
    queue = FakeQueue(Clock(time.time()))
    OutgoingMessages(queue, seed).send(openid, "a word")
    message = queue.receive()
    assert message
    return Job.read(message.body).identity


def test_a_message_that_a_handler_sent_is_shown_under_its_push_whoever_gets_it(
    server: Backend, tmp_path: Path
) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        httpx.Client(base_url=side.address) as phone,
    ):
        keep, api = kept(tmp_path / "worker.log"), client_of(side.address, ACCOUNT)
        identity = say(phone, "tell Alice")["identity"]
        say(phone, "something else")
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


def test_a_message_that_was_sent_for_no_push_shows_its_own_job(
    server: Backend, tmp_path: Path
) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        httpx.Client(base_url=side.address) as phone,
    ):
        keep, api = kept(tmp_path / "worker.log"), client_of(side.address, ACCOUNT)
        say(phone, "hi")
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


def queued(identity: str) -> str:
    """The door's line about a push that the worker will answer."""
    line = {"time": time.time(), "level": "INFO", "event": "push", "identity": identity}
    return json.dumps({**line, "PushMilliseconds": 1, "outcome": "queued"})


# --- Live -------------------------------------------------------------------------------------


def events(lines: Iterator[str]) -> Iterator[tuple[str, Any, str]]:
    """Name, data and id of each event, without end."""
    while True:
        event = dict(line.split(": ", 1) for line in takewhile(bool, lines))
        data = event["data"]
        told = data if event["event"] == "hello" else json.loads(data)
        yield event["event"], told, event.get("id", "")


def test_what_happens_is_told_as_it_happens(phone: httpx.Client) -> None:
    with phone.stream("GET", "/events") as stream:
        news = events(stream.iter_lines())
        first = {next(news)[0] for _ in range(5)}
        assert first == {"hello", "status", "faults", "tables", "web-authorizations"}
        say(phone, "hi")
        told = [entry for name, data, _ in take_until_settled(news) for entry in data]
    assert told[0]["pending"]
    assert told[-1]["answer"]["text"] == "你也好"


def test_whoever_reconnects_is_told_only_what_he_has_missed(phone: httpx.Client) -> None:
    say(phone, "one")
    with phone.stream("GET", "/events") as stream:
        mark = next(mark for _, _, mark in events(stream.iter_lines()) if mark)
    say(phone, "two")
    with phone.stream("GET", "/events", headers={"Last-Event-ID": mark}) as stream:
        missed = next(told for name, told, _ in events(stream.iter_lines()) if name == "entries")
    assert [entry["done"]["text"] for entry in missed] == ["two"]


def test_who_knew_another_simulator_is_told_everything(phone: httpx.Client) -> None:
    say(phone, "one")
    with phone.stream("GET", "/events", headers={"Last-Event-ID": "other-99"}) as stream:
        told = next(told for name, told, _ in events(stream.iter_lines()) if name == "entries")
    assert [entry["done"]["text"] for entry in told] == ["one"]


def take_until_settled(news: Iterator[tuple[str, Any, str]]) -> Iterator[tuple[str, Any, str]]:
    for name, data, mark in news:
        if name == "entries":
            yield name, data, mark
            if not data[-1]["pending"]:
                return


# --- Played again -----------------------------------------------------------------------------


def saved(phone: httpx.Client) -> dict[str, Any]:
    conversation: dict[str, Any] = phone.get("/saved", params={"openid": USER}).json()
    return conversation


def replayed(phone: httpx.Client, conversation: dict[str, Any]) -> list[str]:
    """How each step went."""
    assert phone.post("/replays", json=conversation).status_code == 202

    def states() -> list[str]:
        return [step["result"] for step in phone.get("/replays").json()]

    wait_until(lambda: set(states()) <= {"same", "different"})
    return states()


def test_a_saved_conversation_goes_the_same_when_it_is_played_again(
    phone: httpx.Client, server: Backend
) -> None:
    say(phone, "one")
    phone.post("/pushes", json={"action": "click", "argument": "K"})
    wait_until(lambda: len(server.requests) == 2 and len(saved(phone)["steps"]) == 2)
    assert replayed(phone, saved(phone)) == ["same", "same"]
    identities = {opened(ACCOUNT, request).identity for request in server.requests}
    assert len(identities) == 4  # new messages, not other deliveries of the old ones


def test_what_is_answered_otherwise_is_told() -> None:
    answers = [replying(ACCOUNT, Text(word)) for word in ("one", "two", "one", "other")]
    with backend(*answers) as server, phone_for(ACCOUNT, server) as phone:
        say(phone, "1")
        say(phone, "2")
        assert replayed(phone, saved(phone)) == ["same", "different"]


def test_a_fault_that_was_saved_is_expected_again() -> None:
    with backend(Answer("{}")) as server, phone_for(ACCOUNT, server) as phone:
        say(phone, "1")
        assert saved(phone)["steps"][0]["fault"] is True
        assert replayed(phone, saved(phone)) == ["same"]


def test_late_answers_are_waited_for(server: Backend) -> None:
    with wechat_side(ACCOUNT, server.url) as side, httpx.Client(base_url=side.address) as phone:
        api = client_of(side.address, ACCOUNT)
        late = {"msgtype": "text", "text": {"content": "late"}}
        say(phone, "hi")
        api.send(USER, late)
        conversation = saved(phone)
        assert [each["text"] for each in conversation["steps"][0]["late"]] == ["late"]
        phone.post("/replays", json=conversation)
        wait_until(lambda: len(server.requests) == 2)
        assert phone.get("/replays").json()[0]["result"] == "running"
        api.send(USER, late)
        wait_until(lambda: phone.get("/replays").json()[0]["result"] == "same")


# --- Played again, while other things happen --------------------------------------------------


def identities(phone: httpx.Client) -> list[str]:
    entries = phone.get("/conversation").json()["entries"]
    return [entry["identity"] for entry in entries if "identity" in entry]


def test_a_replay_counts_only_what_its_own_push_is_answered(
    server: Backend, tmp_path: Path
) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        httpx.Client(base_url=side.address) as phone,
    ):
        door, worker = kept(tmp_path / "backend.log"), kept(tmp_path / "worker.log")
        api = client_of(side.address, ACCOUNT)

        def work(identity: str, answer: str) -> None:
            began = time.time()
            api.send(USER, text(answer))
            worker(worked(began, time.time(), identity))

        own = say(phone, "slow")["identity"]
        door(queued(own))
        before = saved(phone)
        assert (before["steps"], before["left_out"]) == ([], 1)  # its answer is still to come
        work(own, "the answer")
        conversation = saved(phone)
        assert [len(step["late"]) for step in conversation["steps"]] == [1]
        phone.post("/replays", json=conversation)
        wait_until(lambda: len(identities(phone)) == 2)
        other = say(phone, "something else")["identity"]
        again = identities(phone)[1]
        for identity in (again, other):
            door(queued(identity))
        work(other, "another answer")
        work(again, "the answer")
        wait_until(lambda: phone.get("/replays").json()[0]["result"] != "running")
        (step,) = phone.get("/replays").json()
        assert [each["text"] for each in step["actual"]["late"]] == ["the answer"]
        assert step["result"] == "same"


def test_a_replay_sees_an_answer_that_came_beside_those_that_were_expected(
    server: Backend, tmp_path: Path
) -> None:
    with (
        wechat_side(ACCOUNT, server.url, run=tmp_path) as side,
        httpx.Client(base_url=side.address) as phone,
    ):
        door, worker = kept(tmp_path / "backend.log"), kept(tmp_path / "worker.log")
        api = client_of(side.address, ACCOUNT)
        say(phone, "slow")
        phone.post("/replays", json=saved(phone))
        wait_until(lambda: len(identities(phone)) == 2)
        again = identities(phone)[1]
        door(queued(again))
        began = time.time()
        api.send(USER, text("one too many"))
        worker(worked(began, time.time(), again))
        wait_until(lambda: phone.get("/replays").json()[0]["result"] == "different")
