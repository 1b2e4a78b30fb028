"""In the terminal of `make run` our lines are words; what others print is left as it is."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib import log
from local.log_file import kept
from ops import reasons
from ops.log_lines import readable
from tests import sentences


def written(*arguments: Any, **fields: object) -> str:
    """What the terminal shows of a line that the log writes, without its time."""
    stream = io.StringIO()
    log.configure("dev", stream, quotes_errors=True)
    log.write(*arguments, **fields)
    time, _, words = readable(stream.getvalue().rstrip("\n")).partition("  ")
    assert len(time) == len("20:15:03")
    return words


def test_a_push_is_told_in_one_short_line() -> None:
    told = written(
        "push",
        {"PushMilliseconds": 3.4},
        identity="1",
        kind="TextMessage",
        outcome="answered",
        cold=True,
        route="parrot.answer",
    )
    assert told == "TextMessage  parrot.answer  answered  3 ms"


@pytest.mark.parametrize(
    ("kind", "route", "told"),
    [
        ("ClickEvent", "shop.report", "job  shop.report  sent  12 ms"),
        ("text, news", ":message", "job  a message of your own (text, news)  sent  12 ms"),
    ],
)
def test_a_job_is_named(kind: str, route: str, told: str) -> None:
    fields = {"kind": kind, "route": route, "tries": 1, "outcome": "sent", "cold": False}
    assert written("job", {"JobMilliseconds": 12.1}, **fields) == told


def test_the_handler_one_would_write_can_be_copied() -> None:
    code = "@router.on(TextMessage)\ndef answer(message, ctx): ..."
    fields = {"kind": "TextMessage", "outcome": "unanswered", "write": code}
    told = written("push", {"PushMilliseconds": 1}, **fields)
    assert told.splitlines() == [
        "TextMessage  no route  unanswered  1 ms",
        "          @router.on(TextMessage)",
        "          def answer(message, ctx): ...",
    ]


def test_an_error_stands_below_with_its_frames() -> None:
    with pytest.raises(ValueError, match="no such city") as raised:
        int("no such city")
    fields = {"kind": "TextMessage", "route": "a.b", "tries": 2, "outcome": "failed", "cold": True}
    told = written("a job failed", {"JobFailed": 1}, raised.value, **fields)
    first, *below = told.splitlines()
    assert first == "ERROR  a job failed  route=a.b  tries=2"
    assert below[0].startswith("          ValueError: ")
    assert "test_log_lines.py" in below[1]


def test_a_test_of_doctors_is_told_as_one() -> None:
    told = written("pushes turned away", reasons={"doctor_not_encrypted": 1})
    assert "reasons=a test of ops doctor: it is not encrypted (1)" in told


def test_why_pushes_are_turned_away_is_told_in_words() -> None:
    event = "an authentic push cannot be read"
    told = written(event, {"PushUnreadable": 1}, reason="field_missing_or_wrong")
    assert told.startswith(f"{event}  reason=it lacks a field")
    counted = {"timestamp": 2, "repeated_nonce": 1}
    told = written("pushes turned away", {"PushRefused": 3}, reasons=counted)
    assert "off by more than five minutes (2), it has the parameter nonce twice (1)" in told


def test_each_code_of_the_log_has_words() -> None:
    codes = sentences.raised(sentences.trees("chalicelib"), "PushError")
    assert len(codes) > 10
    assert [code for code in codes if reasons.in_words(code) == code] == []


def test_the_terminal_shows_the_frames_of_the_teams_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    places = ("chalicelib/delivery/worker.py", "chalicelib/handlers/report.py")
    frames = [f'  File "/project/{place}", line 12, in do' for place in places]
    line = {"time": 0, "level": "ERROR", "Stage": "dev", "event": "a job failed"}
    told = kept(tmp_path / "worker.log")(json.dumps({**line, "cause": ["KeyError: 'a'", *frames]}))
    assert [each.strip() for each in told.splitlines()[1:]] == ["KeyError: 'a'", frames[1].strip()]
    assert "worker.py" in (tmp_path / "worker.log").read_text()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            {"event": "push", "kind": "ClickEvent", "route": "a.b", "outcome": "queued"},
            "ClickEvent  a.b  已交给队列  3 毫秒",
        ),
        (
            {"event": "push", "kind": "ClickEvent", "outcome": "unanswered"},
            "ClickEvent  无路由  没有匹配的路由  3 毫秒",
        ),
        (
            {"event": "job", "route": "a.b", "outcome": "waits"},
            "任务  a.b  暂时发不出，排入待发队列  3 毫秒",
        ),
        (
            {"event": "an authentic push cannot be read", "reason": "not_xml", "level": "ERROR"},
            "错误  推送验签通过但无法解析  reason=不是 XML",
        ),
        (
            {
                "event": "a job failed",
                "level": "ERROR",
                "cause": ["NotNow: nothing to do: the user has to authorize again (40030 bad)"],
            },
            "错误  任务失败，稍后重试\n          NotNow: 无需处理：用户需要重新授权 (40030 bad)",
        ),
    ],
)
def test_where_the_environment_is_chinese_so_is_each_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: dict[str, Any], told: str
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    always = {
        "time": 0,
        "level": "INFO",
        "Stage": "dev",
        "PushMilliseconds": 3,
        "JobMilliseconds": 3,
    }
    shown = kept(tmp_path / "backend.log")(json.dumps({**always, **line}))
    assert shown.partition("  ")[2] == told


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "{",
        "[1]",
        '{"time": 1, "event": "push"}',
        json.dumps({"time": "now", "level": "INFO", "event": "push", "Stage": "dev"}),
        json.dumps({"time": 1, "level": "INFO", "event": "push", "Stage": "dev"}),
        json.dumps({"time": 1e300, "level": "INFO", "event": "x", "Stage": "dev"}),
        json.dumps({"time": 1, "level": 1, "event": "x", "Stage": "dev", "cause": 1}),
        "[" * 100_000,
    ],
)
def test_a_line_of_somebody_else_stays_as_it_is(line: str) -> None:
    assert readable(line) == line
