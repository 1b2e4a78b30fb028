"""The details of each turn: signatures, routes, and a command to repeat it."""

import shlex
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.replies import Text
from tests import project
from tests.backends import Backend, Request, backend, opened, replying
from tests.patience import wait_until
from tests.phone.client import ACCOUNT, answered, phone_for

# --- Signatures -------------------------------------------------------------------------------


def test_the_steps_of_both_signatures_lead_to_the_sent_ones(phone: httpx.Client) -> None:
    (exchange,) = answered(phone, "hi")["exchanges"]
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
    (exchange,) = answered(phone, "你好")["exchanges"]
    sealed = exchange["push_signature"]["sealed"]
    assert sealed["total"] % 32 == 0
    assert 1 <= sealed["padding"] <= 32
    whole = 20 + sealed["length"] + len(sealed["app_id"]) + sealed["padding"]
    assert whole == sealed["total"]


def test_in_plaintext_there_is_one_signature_and_nothing_encrypted() -> None:
    plain = replace(ACCOUNT, mode=Mode.PLAINTEXT)
    with backend(replying(plain, Text("hi"))) as server, phone_for(server, plain) as phone:
        (exchange,) = answered(phone, "hi")["exchanges"]
    assert exchange["push_signature"]["name"] == "signature"
    assert exchange["push_signature"]["fits"]
    assert exchange["push_signature"]["sealed"] == {}
    assert exchange["reply_signature"] is None


def test_no_secret_is_shown(phone: httpx.Client) -> None:
    answered(phone, "hi")
    paths = ("/turns/0", "/turns/0/curl", "/turns/0/routes", "/conversation", "/saved")
    told = "".join(phone.get(path).text for path in paths)
    for secret in (ACCOUNT.token, ACCOUNT.encoding_aes_key, ACCOUNT.app_secret):
        assert secret not in told


# --- Routes -----------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with its own handlers, in which the page is served."""
    copy = project.copy_to(tmp_path / "project")
    project.save_handlers(copy, project.ROUTES)
    monkeypatch.chdir(copy)
    return copy


def test_the_page_shows_which_route_answers_and_why_the_others_do_not(
    folder: Path, phone: httpx.Client
) -> None:
    answered(phone, "news")
    told = phone.get("/turns/0/routes").json()
    assert (told["kind"], told["route"]) == ("TextMessage", "test.news")
    contact, usage, news, others = told["routes"]
    assert (contact["why"], contact["kind"]) == ("kind", "ClickEvent")
    assert (usage["why"], usage["field"], usage["pattern"]) == ("field", "content", "help|[?]")
    assert (news["why"], news["travels"]) == ("fits", "slow")
    assert (others["why"], others["travels"]) == ("earlier", "recorded")
    assert usage["place"] == "chalicelib/handlers/__init__.py:13"


def test_it_knows_the_route_of_every_account_for_the_rest_of_an_answer(
    folder: Path, phone: httpx.Client
) -> None:
    only = project.ROUTES.replace("@router.on(Message)", '@router.on(TextMessage, content="a")')
    project.save_handlers(folder, only)
    answered(phone, "继续")
    assert phone.get("/turns/0/routes").json()["route"] == ":continue:"


@pytest.mark.parametrize("state", ['"booking"', 're.compile("booking")'])
def test_whether_a_route_answers_that_asks_for_a_state_only_the_log_knows(
    folder: Path, phone: httpx.Client, state: str
) -> None:
    steps = project.ROUTES.replace('content="news"', f'content="news", state={state}')
    project.save_handlers(folder, steps)
    answered(phone, "news")
    told = phone.get("/turns/0/routes").json()
    assert told["route"] == "test.others"
    *_, news, others = told["routes"]
    assert (news["why"], news["pattern"], others["why"]) == ("state", "booking", "fits")


def test_a_saved_handler_is_asked_again(folder: Path, phone: httpx.Client) -> None:
    answered(phone, "news")
    assert phone.get("/turns/0/routes").json()["route"] == "test.news"
    project.save_handlers(folder, project.ROUTES.replace('"news"', '"more news"'))
    assert phone.get("/turns/0/routes").json()["route"] == "test.others"
    project.save_handlers(folder, "routes = (")
    assert phone.get("/turns/0/routes").json()["problem"].startswith("SyntaxError")


def test_handlers_that_cannot_be_loaded_are_a_problem_that_is_shown(
    folder: Path, phone: httpx.Client
) -> None:
    phone.post("/pushes", json={"action": "image", "fields": {"MediaId": ""}})
    wait_until(lambda: not phone.get("/conversation").json()["entries"][0]["pending"])
    assert "Unreadable" in phone.get("/turns/0/routes").json()["problem"]


# --- A command --------------------------------------------------------------------------------


def test_the_backend_accepts_the_push_as_a_command(phone: httpx.Client, server: Backend) -> None:
    said = answered(phone, "it's $HOME")
    words = shlex.split(phone.get("/turns/0/curl").text)
    assert words[:2] == ["curl", "-sS"]
    address, body = words[2], words[words.index("--data-binary") + 1]
    request = Request(dict(parse_qsl(urlsplit(address).query)), {}, body.encode())
    again = opened(ACCOUNT, request)
    assert again.push.fields["Content"] == "it's $HOME"
    assert again.identity == said["identity"] == opened(ACCOUNT, server.requests[0]).identity
