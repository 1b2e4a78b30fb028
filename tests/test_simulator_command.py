"""The command prints what the user would read, and its exit code says whether it was a fault."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.replies import Article, Image, News, Text
from local import ports
from simulator import faults
from simulator.account import Account
from simulator.command import main
from simulator.events import USER
from simulator.wording import FAULT
from tests.backends import Answer, Backend, Respond, backend, opened, replying
from tests.patience import PATIENCE
from tests.simulated import Side, client_of, wechat_side

ACCOUNT = Account.new()
PROGRAM = [sys.executable, "-m", "simulator"]


@pytest.fixture
def console(tmp_path: Path) -> Path:
    path = tmp_path / "console.json"
    ACCOUNT.save(path)
    return path


@pytest.fixture(autouse=True)
def phone_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands do not talk to a phone that happens to run on this machine."""
    monkeypatch.setenv("PHONE_PORT", str(ports.free()))


def run(console: Path, server: Backend, *arguments: str) -> Result:
    options = ["--console", str(console), "--url", server.url]
    return CliRunner().invoke(main, [*arguments, *options])


def pushed(console: Path, *arguments: str) -> dict[str, object]:
    """The fields that arrive at a backend when the command is run so."""
    with backend(Answer()) as server:
        assert run(console, server, *arguments).exit_code == 0
    return dict(opened(ACCOUNT, server.requests[0]).push.fields)


def test_an_answer_is_printed_alone_and_is_a_success(console: Path) -> None:
    with backend(replying(ACCOUNT, Text("你也好"))) as server:
        result = run(console, server, "say", "你好")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "你也好\n", "")


@pytest.mark.parametrize(
    ("reply", "printed"),
    [
        (Image("m1"), "[图片] m1\n"),
        (News(Article("标题", url="https://example.com")), "[图文] 标题 https://example.com\n"),
    ],
)
def test_what_is_not_text_is_described(console: Path, reply: Image | News, printed: str) -> None:
    with backend(replying(ACCOUNT, reply)) as server:
        assert run(console, server, "say", "hi").stdout == printed


def test_a_backend_that_is_not_there_is_named_with_where_to_look(console: Path) -> None:
    with backend() as server:
        pass
    result = run(console, server, "say", "hi")
    assert (result.exit_code, result.stdout) == (1, FAULT + "\n")
    assert "第 1 次推送　无响应　" in result.stderr
    assert f"连不上后端 {server.url}，请看 make run 的终端有没有报错" in result.stderr


def test_after_unfollowing_nobody_sees_an_answer(console: Path) -> None:
    with backend(Answer()) as server:
        assert "用户已取消关注，看不到回复" in run(console, server, "unfollow").stderr


def test_silence_is_a_success_and_prints_no_answer(console: Path) -> None:
    with backend(Answer()) as server:
        result = run(console, server, "say", "hi")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "没有回复" in result.stderr


def test_the_fault_text_exits_with_1_and_tells_why(console: Path) -> None:
    with backend(Answer("{}")) as server:
        result = run(console, server, "say", "hi")
    assert (result.exit_code, result.stdout) == (1, FAULT + "\n")
    assert "既不是 success" in result.stderr


def test_verbose_shows_each_exchange_and_no_secret(console: Path) -> None:
    with backend(replying(ACCOUNT, Text("hi"))) as server:
        result = run(console, server, "say", "你好", "-v")
    assert result.stdout == "hi\n"
    assert "第 1 次推送　状态码 200" in result.stderr
    assert "<Content><![CDATA[你好]]></Content>" in result.stderr
    assert "推送（明文）：\n<xml>\n<ToUserName>" in result.stderr
    assert "</Encrypt>\n<MsgSignature>" in result.stderr
    assert ACCOUNT.token not in result.output
    assert ACCOUNT.encoding_aes_key not in result.output


def test_what_a_terminal_would_obey_is_not_printed(console: Path) -> None:
    with backend(replying(ACCOUNT, Text("\x9b31mred"))) as server:
        assert run(console, server, "say", "hi").stdout == "\ufffd31mred\n"


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        (["say", "你好"], {"MsgType": "text", "Content": "你好"}),
        (["follow"], {"Event": "subscribe", "EventKey": None}),
        (["follow", "--scene", "poster"], {"Event": "subscribe", "EventKey": "qrscene_poster"}),
        (["unfollow"], {"Event": "unsubscribe"}),
        (["click", "REPORT"], {"Event": "CLICK", "EventKey": "REPORT"}),
        (["view", "https://example.com"], {"Event": "VIEW", "EventKey": "https://example.com"}),
        (["scan", "42"], {"Event": "SCAN", "EventKey": "42"}),
        (["send", "image", "--media-id", "m1"], {"MsgType": "image", "MediaId": "m1"}),
        (["send", "voice", "--recognition", "你好"], {"Format": "amr", "Recognition": "你好"}),
        (["send", "video"], {"MsgType": "video", "MediaId": "simulated-video"}),
        (["send", "shortvideo"], {"MsgType": "shortvideo"}),
        (["send", "location", "--location-x", "1.5"], {"Location_X": "1.500000", "Scale": "16"}),
        (["send", "link", "--link-url", "u"], {"MsgType": "link", "Url": "u"}),
        (["send", "file"], {"MsgType": "file", "FileTotalLen": "1024"}),
        (["event", "LOCATION", "Latitude=1.5"], {"Latitude": "1.5", "Longitude": "113.352425"}),
        (
            ["event", "scancode_waitmsg", "ScanCodeInfo.ScanResult=a=b"],
            {"ScanCodeInfo": {"ScanType": "barcode", "ScanResult": "a=b"}},
        ),
        (["event", "an_event_of_tomorrow", "A=1"], {"Event": "an_event_of_tomorrow", "A": "1"}),
        (["say", "hi", "--user", "oAlice"], {"FromUserName": "oAlice"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_each_command_pushes_what_it_says(
    console: Path, arguments: list[str], fields: dict[str, object]
) -> None:
    arrived = pushed(console, *arguments)
    assert {name: arrived[name] for name in fields} == fields


def test_the_mode_can_be_another_than_the_accounts(console: Path) -> None:
    with backend(Answer()) as server:
        run(console, server, "say", "hi", "--mode", Mode.PLAINTEXT.value)
    assert b"<Content>" in server.requests[0].body


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["shout", "hi"],
        ["say"],
        ["send", "money"],
        ["send", "location", "--scale", "wide"],
        ["event", "LOCATION", "Latitude"],
        ["event", "LOCATION", "=1"],
        ["say", "hi", "--mode", "open"],
        ["say", "hi", "--url", "127.0.0.1:8000/wechat"],
        ["say", "hi", "--url", "http:///wechat"],
        ["say", "hi", "--url", "http://127.0.0.1:99999/wechat"],
        ["serve", "--port", "70000"],
    ],
)
def test_misuse_exits_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == 2


def test_without_an_account_it_says_where_one_comes_from(tmp_path: Path) -> None:
    missing = tmp_path / "console.json"
    result = CliRunner().invoke(main, ["say", "hi", "--console", str(missing)])
    assert result.exit_code == 2
    assert "make run" in result.stderr


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"token": "geheim"}', "\udcff"])
def test_a_broken_account_is_refused_without_being_quoted(tmp_path: Path, content: str) -> None:
    broken = tmp_path / "console.json"
    broken.write_bytes(content.encode(errors="surrogateescape"))
    result = CliRunner().invoke(main, ["say", "hi", "--console", str(broken)])
    assert result.exit_code == 2
    assert "does not hold an account" in result.stderr
    assert "geheim" not in result.output


def test_a_mistyped_encoding_aes_key_is_named_without_being_quoted(tmp_path: Path) -> None:
    console = tmp_path / "console.json"
    replace(Account.new(), encoding_aes_key="geheim").save(console)
    result = CliRunner().invoke(main, ["say", "hi", "--console", str(console)])
    assert result.exit_code == 2
    assert "The encoding_aes_key in" in result.stderr
    assert "geheim" not in result.stderr


@pytest.mark.parametrize(
    ("respond", "code"),
    [(lambda request: Answer(request.query["echostr"]), 0), (Answer(), 1)],
)
def test_verify_tells_whether_the_console_would_save(
    console: Path, respond: Answer | Respond, code: int
) -> None:
    with backend(respond) as server:
        assert run(console, server, "verify").exit_code == code


def test_as_a_program_it_prints_no_colours_into_a_pipe(console: Path) -> None:
    with backend(Answer("{}")) as server:
        done = subprocess.run(
            [*PROGRAM, "say", "hi", "--console", str(console), "--url", server.url],
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stdout) == (1, FAULT + "\n")
    assert "\x1b" not in done.stderr


def test_an_account_from_before_app_secrets_gets_one_for_good(tmp_path: Path) -> None:
    old = tmp_path / "console.json"
    ACCOUNT.save(old)
    values = json.loads(old.read_text())
    del values["app_secret"]
    old.write_text(json.dumps(values))
    first = Account.load(old)
    assert len(first.app_secret) == 32
    assert Account.load(old) == first
    assert first == replace(ACCOUNT, app_secret=first.app_secret)


# --- Faults, in the server that runs ----------------------------------------------------------


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
def test_a_fault_that_cannot_be_switched_so_exits_with_2(side: Side, arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["faults", *arguments]).exit_code == 2
    assert not any(map(side.world.faults.is_on, faults.FAULTS))


def test_without_a_server_faults_exit_with_1_and_say_what_to_start() -> None:
    result = CliRunner().invoke(main, ["faults"])
    assert result.exit_code == 1
    assert "make run" in result.stderr


def test_faults_reach_what_a_command_delivers(console: Path, side: Side) -> None:
    side.world.faults.turn_on(faults.FOURTH_DELIVERY)
    with backend(Answer(status=500)) as server:
        assert run(console, server, "say", "hi").exit_code == 1
    assert len(server.requests) == 4


def test_who_wrote_from_the_command_may_be_answered_late(console: Path, side: Side) -> None:
    with backend(Answer()) as server:
        assert run(console, server, "say", "hi").exit_code == 0
    client_of(side.address, ACCOUNT).send(USER, {"msgtype": "text", "text": {"content": "late"}})
    assert len(side.world.received) == 1


# --- The page's server as a program -----------------------------------------------------------


def serving(console: Path, server: Backend, port: str = "0") -> subprocess.Popen[str]:
    options = ["--port", port, "--console", str(console), "--url", server.url]
    return subprocess.Popen(
        [*PROGRAM, "serve", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_page_ends_and_does_not_wait_for_a_delivery_under_way(
    console: Path, ending: signal.Signals
) -> None:
    with backend(Answer(delay=PATIENCE)) as server, serving(console, server) as program:
        assert program.stdout
        page = program.stdout.readline().strip()
        httpx.post(f"{page}/pushes", json={"action": "say", "argument": "hi"})
        while not server.requests:
            time.sleep(0.01)
        program.send_signal(ending)
        _, errors = program.communicate()
    assert len(server.requests) == 1  # five seconds later it would have been delivered again
    assert "Traceback" not in errors


def test_a_port_that_is_taken_gets_a_clear_sentence(console: Path) -> None:
    with backend(Answer()) as server:
        taken = server.url.split(":")[2].partition("/")[0]
        with serving(console, server, port=taken) as program:
            _, errors = program.communicate()
    assert program.returncode == 2
    assert f"Port {taken}" in errors
    assert "--port" in errors


# --- Saved conversations ----------------------------------------------------------------------


@pytest.mark.parametrize(("expected", "code"), [("你也好", 0), ("再见", 1)])
def test_a_saved_conversation_is_played_again(
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
    different = ["different", "你好", "expected:", expected, "actual:", "你也好"]
    assert result.stdout.split() == (different if code else ["same", "你好"])


@pytest.mark.parametrize("content", ["", "[]", '{"steps": 1}'])
def test_what_is_no_conversation_is_not_played(side: Side, tmp_path: Path, content: str) -> None:
    path = tmp_path / "conversation.json"
    path.write_text(content)
    assert CliRunner().invoke(main, ["replay", str(path)]).exit_code == 2
    assert side.world.received == []
