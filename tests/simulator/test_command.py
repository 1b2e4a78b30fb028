"""The command prints what the user would read, and its exit code says whether it was a fault."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.replies import Article, Image, News, Text
from simulator.account import Account
from simulator.command import main
from simulator.wording import FAULT
from tests.backends import Answer, Respond, backend, opened, replying
from tests.simulator.commands import ACCOUNT, PROGRAM, run

pytestmark = pytest.mark.usefixtures("no_phone")


def pushed(console: Path, *arguments: str) -> dict[str, object]:
    """The fields that a backend gets when the command runs with these arguments."""
    with backend(Answer()) as server:
        assert run(console, server, *arguments).exit_code == 0
    return dict(opened(ACCOUNT, server.requests[0]).push.fields)


def test_only_the_answer_is_printed_and_the_exit_code_is_0(console: Path) -> None:
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
def test_other_replies_than_texts_are_described(
    console: Path, reply: Image | News, printed: str
) -> None:
    with backend(replying(ACCOUNT, reply)) as server:
        assert run(console, server, "say", "hi").stdout == printed


def test_a_backend_that_cannot_be_reached_is_named_with_where_to_look(console: Path) -> None:
    with backend() as server:
        pass
    result = run(console, server, "say", "hi")
    assert (result.exit_code, result.stdout) == (1, FAULT + "\n")
    assert "第 1 次推送　无响应　" in result.stderr
    assert (
        f"无法连接后端 {server.url}，请启动 `make run`；如已启动，请查看它的终端有没有报错"
        in result.stderr
    )


def test_after_unfollowing_nobody_sees_an_answer(console: Path) -> None:
    with backend(Answer()) as server:
        assert "用户已取消关注，看不到回复" in run(console, server, "unfollow").stderr


def test_no_answer_prints_nothing_and_exits_with_0(console: Path) -> None:
    with backend(Answer()) as server:
        result = run(console, server, "say", "hi")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "没有回复" in result.stderr


def test_the_fault_text_exits_with_1_and_the_reason(console: Path) -> None:
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


def test_control_characters_are_not_printed(console: Path) -> None:
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


def test_the_mode_can_differ_from_the_accounts(console: Path) -> None:
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


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("model --speed abc", "'abc' is not a valid number. Write, for example: --speed 20"),
        ("model --fail 99", "99 is not in the range 400<=x<=599. Write, for example: --fail 429"),
        ("faults api-latency on x", "Write, for example: faults api-latency on 2.5"),
        ("send hologram", "There are: image, voice, video, shortvideo, location, link, file"),
    ],
)
def test_what_can_be_written_instead_is_told(
    monkeypatch: pytest.MonkeyPatch, typed: str, told: str
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    assert told in CliRunner().invoke(main, typed.split()).stderr


def test_without_an_account_it_says_where_one_comes_from(tmp_path: Path) -> None:
    missing = tmp_path / "console.json"
    result = CliRunner().invoke(main, ["say", "hi", "--console", str(missing)])
    assert result.exit_code == 2
    assert "make run" in result.stderr


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"token": "geheim"}', "\udcff"])
def test_a_broken_account_is_refused_and_not_quoted(tmp_path: Path, content: str) -> None:
    broken = tmp_path / "console.json"
    broken.write_bytes(content.encode(errors="surrogateescape"))
    result = CliRunner().invoke(main, ["say", "hi", "--console", str(broken)])
    assert result.exit_code == 2
    assert "里没有公众号" in result.stderr
    assert "geheim" not in result.output


def test_a_bad_encoding_aes_key_is_named_but_not_quoted(tmp_path: Path) -> None:
    console = tmp_path / "console.json"
    replace(Account.new(), encoding_aes_key="geheim").save(console)
    result = CliRunner().invoke(main, ["say", "hi", "--console", str(console)])
    assert result.exit_code == 2
    assert "里的 encoding_aes_key 不对" in result.stderr
    assert "geheim" not in result.stderr


@pytest.mark.parametrize(
    ("respond", "code"),
    [(lambda request: Answer(request.query["echostr"]), 0), (Answer(), 1)],
)
def test_verify_says_whether_the_console_would_save(
    console: Path, respond: Answer | Respond, code: int
) -> None:
    with backend(respond) as server:
        assert run(console, server, "verify").exit_code == code


def test_it_prints_no_colours_into_a_pipe(console: Path) -> None:
    with backend(Answer("{}")) as server:
        done = subprocess.run(
            [*PROGRAM, "say", "hi", "--console", str(console), "--url", server.url],
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stdout) == (1, FAULT + "\n")
    assert "\x1b" not in done.stderr


def test_an_old_account_without_app_secret_gets_one(tmp_path: Path) -> None:
    old = tmp_path / "console.json"
    ACCOUNT.save(old)
    values = json.loads(old.read_text())
    del values["app_secret"]
    old.write_text(json.dumps(values))
    first = Account.load(old)
    assert len(first.app_secret) == 32
    assert Account.load(old) == first
    assert first == replace(ACCOUNT, app_secret=first.app_secret)
