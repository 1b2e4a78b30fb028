"""Commands that use the page's server, and the server as a program."""

import json
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from chalicelib.wechat.replies import Text
from simulator import faults, pushes
from simulator.command import main
from simulator.events import USER
from tests.backends import Answer, Backend, backend, replying
from tests.patience import PATIENCE
from tests.simulated import Side, client_of, wechat_side
from tests.simulator.commands import ACCOUNT, PROGRAM, run

pytestmark = pytest.mark.usefixtures("no_phone")


# --- Faults of the running server -------------------------------------------------------------


@pytest.fixture
def side(monkeypatch: pytest.MonkeyPatch) -> Iterator[Side]:
    with wechat_side(ACCOUNT) as running:
        monkeypatch.setenv("PHONE_PORT", running.address.rpartition(":")[2])
        yield running


def test_faults_are_listed_and_switched(side: Side) -> None:
    for arguments, state in [([], "off"), (["api-latency", "on", "2.5"], "on "), ([], "on ")]:
        result = CliRunner().invoke(main, ["faults", *arguments])
        assert result.exit_code == 0
        (line,) = (each for each in result.stdout.splitlines() if "api-latency" in each)
        assert line.startswith(state)
    assert "2.5 秒" in line
    assert len(result.stdout.splitlines()) == len(faults.FAULTS)
    assert side.world.faults.amount(faults.API_LATENCY) == 2.5
    assert CliRunner().invoke(main, ["faults", "api-latency", "off"]).exit_code == 0
    assert not side.world.faults.is_on(faults.API_LATENCY)


@pytest.mark.parametrize(
    "arguments",
    [
        ["invented", "on"],
        ["token-expired"],
        ["token-expired", "maybe"],
        ["token-expired", "on", "3"],
        ["api-latency", "on", "much"],
        ["api-latency", "on", "1000"],
    ],
)
def test_a_wrong_fault_or_amount_exits_with_2(side: Side, arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["faults", *arguments]).exit_code == 2
    assert not any(map(side.world.faults.is_on, faults.FAULTS))


def test_without_a_server_faults_exit_with_1_and_say_what_to_start() -> None:
    result = CliRunner().invoke(main, ["faults"])
    assert result.exit_code == 1
    assert "make run" in result.stderr


def test_faults_apply_to_pushes_of_a_command(console: Path, side: Side) -> None:
    side.world.faults.turn_on(faults.FOURTH_DELIVERY)
    with backend(Answer(status=500)) as server:
        assert run(console, server, "say", "hi").exit_code == 1
    assert len(server.requests) == 4


def test_a_user_of_the_command_may_get_late_answers(console: Path, side: Side) -> None:
    with backend(Answer()) as server:
        assert run(console, server, "say", "hi").exit_code == 0
    client_of(side.address, ACCOUNT).send(USER, {"msgtype": "text", "text": {"content": "late"}})
    assert len(side.world.received) == 1


# --- The page's server as a program -----------------------------------------------------------


def serving(
    console: Path, server: Backend, port: str = "0", more: Sequence[str] = ()
) -> subprocess.Popen[str]:
    options = ["--port", port, "--console", str(console), "--url", server.url, *more]
    return subprocess.Popen(
        [*PROGRAM, "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_server_ends_without_waiting_for_a_delivery(
    console: Path, ending: signal.Signals
) -> None:
    with backend(Answer(delay=PATIENCE)) as server, serving(console, server) as program:
        assert program.stdout
        page = program.stdout.readline().strip()
        httpx.post(f"{page}/pushes", json={"action": "say", "argument": "hi"}, timeout=PATIENCE)
        while not server.requests:
            time.sleep(0.01)
        program.send_signal(ending)
        _, errors = program.communicate()
    assert len(server.requests) == 1  # five seconds later it would have been delivered again
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("options", "left"), [([], [5]), (["--allowances", "add-up"], [5, 5])], ids=["default", "add"]
)
def test_what_a_second_message_allows_is_an_option(
    console: Path, options: list[str], left: list[int]
) -> None:
    with backend(Answer()) as server, serving(console, server, more=options) as program:
        assert program.stdout
        page = program.stdout.readline().strip()
        for _ in range(2):
            arrival = {"openid": USER, "fields": dict(pushes.text("hi").fields)}
            httpx.post(f"{page}/arrivals", json=arrival, timeout=PATIENCE).raise_for_status()
        shown = httpx.get(f"{page}/conversation", timeout=PATIENCE).json()["people"][0]
        program.send_signal(signal.SIGINT)
    assert [each["left"] for each in shown["allowances"]] == left


def test_a_taken_port_is_explained(console: Path) -> None:
    with backend(Answer()) as server:
        taken = server.url.split(":")[2].partition("/")[0]
        with serving(console, server, port=taken) as program:
            _, errors = program.communicate()
    assert program.returncode == 2
    assert f"端口 {taken} 无法使用" in errors
    assert "--port" in errors


# --- Saved conversations ----------------------------------------------------------------------


@pytest.mark.parametrize(("expected", "code"), [("你也好", 0), ("再见", 1)])
def test_a_saved_conversation_is_replayed_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expected: str, code: int
) -> None:
    step = {
        "openid": USER,
        "push": {"MsgType": "text", "Content": "你好"},
        "answer": {"kind": "text", "text": expected},
    }
    path = tmp_path / "conversation.json"
    path.write_text(json.dumps({"steps": [step]}))
    with (
        backend(replying(ACCOUNT, Text("你也好"))) as server,
        wechat_side(ACCOUNT, server.url) as running,
    ):
        monkeypatch.setenv("PHONE_PORT", running.address.rpartition(":")[2])
        result = CliRunner().invoke(main, ["replay", str(path)])
    assert result.exit_code == code
    different = ["不一致", "你好", "预期：", expected, "实际：", "你也好"]
    assert result.stdout.split() == (different if code else ["一致", "你好"])


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("C", ["same", "event", "user_info_modified"]),
        ("zh_CN", ["一致", "事件", "user_info_modified"]),
    ],
)
def test_what_users_do_in_a_replay_is_told_in_the_language_of_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locale: str, told: list[str]
) -> None:
    step = {"openid": USER, "push": {"MsgType": "event", "Event": "user_info_modified"}}
    path = tmp_path / "conversation.json"
    path.write_text(json.dumps({"steps": [step]}))
    monkeypatch.setenv("LC_ALL", locale)
    with backend(Answer()) as server, wechat_side(ACCOUNT, server.url) as running:
        monkeypatch.setenv("PHONE_PORT", running.address.rpartition(":")[2])
        result = CliRunner().invoke(main, ["replay", str(path)])
    assert result.stdout.split() == told


@pytest.mark.parametrize("content", ["", "[]", '{"steps": 1}'])
def test_a_file_without_a_conversation_is_not_replayed(
    side: Side, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "conversation.json"
    path.write_text(content)
    assert CliRunner().invoke(main, ["replay", str(path)]).exit_code == 2
    assert side.world.received == []
