"""Commands act through the phone of `make run`: its page shows what they do and what comes late."""

import ast
import re
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from click.testing import Result

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.replies import Image, Text
from local import ports
from local.log_file import kept
from simulator.english import FAULTS, REASONS, SENTENCES
from simulator.events import USER
from simulator.faults import NAMED
from simulator.outcome import Failure
from simulator.wording import FAULT
from tests import sentences
from tests.backends import Answer, Backend, Request, backend, opened, replying
from tests.patience import PATIENCE
from tests.phone.work import queued, text, worked
from tests.simulated import Side, client_of, wechat_side
from tests.simulator.commands import ACCOUNT, run

CHINESE = re.compile("[一-鿿]")


@pytest.fixture
def server() -> Iterator[Backend]:
    with backend(replying(ACCOUNT, Text("你也好"))) as running:
        yield running


def shown(side: Side) -> list[dict[str, Any]]:
    """The entries on the phone's page."""
    entries: list[dict[str, Any]] = httpx.get(
        f"{side.address}/conversation", timeout=PATIENCE
    ).json()["entries"]
    return entries


def reach(side: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHONE_PORT", side.address.rpartition(":")[2])


def test_what_a_command_does_appears_on_the_page_with_its_answer(
    console: Path, server: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wechat_side(ACCOUNT, server.url) as side:
        reach(side, monkeypatch)
        result = run(console, server, "say", "你好", "--user", "oAlice", "-v")
        (entry,) = shown(side)
    assert (result.exit_code, result.stdout) == (0, "你也好\n")
    assert "第 1 次推送　状态码 200" in result.stderr
    assert "推送（明文）：\n<xml>" in result.stderr
    assert (entry["openid"], entry["done"]["text"]) == ("oAlice", "你好")
    assert entry["answer"]["text"] == "你也好"
    assert len(server.requests) == 1


def test_the_phone_pushes_in_the_mode_that_a_command_names(
    console: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with backend(Answer()) as server, wechat_side(ACCOUNT, server.url) as side:
        reach(side, monkeypatch)
        run(console, server, "say", "hi", "--mode", Mode.PLAINTEXT.value)
        assert len(shown(side)) == 1
    assert b"<Content>" in server.requests[0].body


def test_a_fault_on_the_phone_is_one_of_the_command(
    console: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with backend(Answer("{}")) as server, wechat_side(ACCOUNT, server.url) as side:
        reach(side, monkeypatch)
        result = run(console, server, "say", "hi")
    assert (result.exit_code, result.stdout) == (1, FAULT + "\n")
    assert "既不是 success" in result.stderr


def test_what_an_agent_gets_in_place_of_the_account_is_said(
    console: Path, server: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wechat_side(ACCOUNT, server.url) as side:
        reach(side, monkeypatch)
        side.world.agents.take(USER)
        result = run(console, server, "say", "hi")
    assert (result.exit_code, result.stdout, server.requests) == (0, "", [])
    assert "由客服 service@simulated 接待" in result.stderr


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """A backend under `make run` whose worker answers."""

    def respond(request: Request) -> Answer:
        identity = opened(ACCOUNT, request).identity
        kept(tmp_path / "backend.log")(queued(identity))
        Thread(target=work, args=(identity,)).start()
        return Answer()

    def work(identity: str) -> None:
        api, keep = client_of(phone.address, ACCOUNT), kept(tmp_path / "worker.log")
        began = phone.world.clock()
        api.send(USER, text("the report"))
        keep(worked(began, phone.world.clock(), identity))

    with backend(respond) as server, wechat_side(ACCOUNT, server.url, run=tmp_path) as phone:
        reach(phone, monkeypatch)
        yield server


def waited_for(
    console: Path, run_: Path, monkeypatch: pytest.MonkeyPatch, jobs: list[dict[str, Any]]
) -> Result:
    """`say --wait` of a push whose tries the worker's log tells so."""

    def respond(request: Request) -> Answer:
        identity, now = opened(ACCOUNT, request).identity, time.time()
        kept(run_ / "backend.log")(queued(identity))
        keep = kept(run_ / "worker.log")
        for job in jobs:
            keep(worked(now, now, identity, **job))
        return Answer()

    with backend(respond) as server, wechat_side(ACCOUNT, server.url, run=run_) as side:
        reach(side, monkeypatch)
        return run(console, server, "say", "report", "--wait")


def test_what_comes_late_is_printed_until_the_job_has_ended(console: Path, slow: Backend) -> None:
    result = run(console, slow, "say", "report", "--wait")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "the report\n", "")


def test_that_nothing_came_is_said_when_the_job_has_ended(
    console: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = waited_for(console, tmp_path, monkeypatch, [{"outcome": "silent"}])
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "（没有回复）\n"


def test_a_try_that_fails_is_told_with_its_exception_and_none_of_its_words(
    console: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = '  File "/x/chalicelib/handlers/report.py", line 21, in report'
    failed: dict[str, Any] = {
        "outcome": "failed",
        "JobFailed": 1,
        "cause": ["KeyError: '香蕉'", place],
    }
    jobs = [failed, failed, {"outcome": "silent"}]
    result = waited_for(console, tmp_path, monkeypatch, jobs)
    told = "（执行失败，稍后重试：KeyError — report.py:21）\n"
    assert (result.exit_code, result.stderr) == (0, f"{told}{told}（没有回复）\n")


def test_a_try_that_fails_for_a_reason_of_the_backends_tells_what_to_do(
    console: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = "python -m ops secrets set own/model-key --stage dev"
    reason = f"the secret own/model-key is missing; run: {command}"
    failed: dict[str, Any] = {
        "outcome": "failed",
        "JobFailed": 1,
        "reason": reason,
        "cause": [
            f"SecretMissing: {reason}",
            '  File "/x/chalicelib/handlers/model.py", line 47, in answer',
            '  File "/x/chalicelib/credentials/own_secrets.py", line 51, in get',
        ],
    }
    result = waited_for(console, tmp_path, monkeypatch, [failed, {"outcome": "silent"}])
    told = f"（执行失败，稍后重试：缺少密钥 own/model-key，请运行：{command} — model.py:47）\n"
    assert result.stderr == f"{told}（没有回复）\n"


@pytest.mark.parametrize(
    ("became", "code", "said"),
    [
        ({"outcome": "dead", "JobDead": 1}, 1, "任务失败，成了死信"),
        ({"outcome": "waits", "AnswerWaiting": 1}, 0, "等用户的下一条消息才能发"),
    ],
    ids=["dead", "waiting"],
)
def test_what_became_of_an_answer_that_did_not_come_is_said(
    console: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    became: dict[str, Any],
    code: int,
    said: str,
) -> None:
    reason = "nothing to do: the user does not follow the account (43004 require subscribe)"
    result = waited_for(console, tmp_path, monkeypatch, [{"reason": reason, **became}])
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr == f"（{said}：无需处理：用户没有关注公众号 (43004 require subscribe)）\n"


def test_waiting_has_a_limit(
    console: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def respond(request: Request) -> Answer:
        kept(tmp_path / "backend.log")(queued(opened(ACCOUNT, request).identity))
        return Answer()

    with backend(respond) as server, wechat_side(ACCOUNT, server.url, run=tmp_path) as side:
        reach(side, monkeypatch)
        result = run(console, server, "say", "report", "--wait", "--limit", "0")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "0 秒后仍未处理完" in result.stderr


def test_nothing_is_sent_where_nobody_shows_when_its_job_has_ended(
    console: Path, server: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wechat_side(ACCOUNT, server.url) as without_log:
        reach(without_log, monkeypatch)
        refused = [run(console, server, "say", "hi", "--wait")]
    monkeypatch.setenv("PHONE_PORT", str(ports.free()))
    refused.append(run(console, server, "say", "hi", "--wait"))
    assert [each.exit_code for each in refused] == [2, 2]
    assert all("make run" in each.stderr for each in refused)
    assert server.requests == []


# --- The language -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "answer", "heading"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "[图片] m1", "第 1 次推送　状态码 200"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "[Picture] m1", "Delivery 1  status 200"),
        ({}, "[Picture] m1", "Delivery 1  status 200"),
    ],
)
@pytest.mark.parametrize("has_phone", [True, False])
def test_a_command_speaks_the_language_of_its_environment(
    console: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    answer: str,
    heading: str,
    has_phone: bool,
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with (
        backend(replying(ACCOUNT, Image("m1"))) as server,
        wechat_side(ACCOUNT, server.url) as side,
    ):
        reach(side, monkeypatch)
        if not has_phone:
            monkeypatch.setenv("PHONE_PORT", str(ports.free()))
        result = run(console, server, "say", "hi", "-v")
    assert result.stdout == answer + "\n"
    assert heading in result.stderr


def test_all_that_is_said_in_chinese_has_its_english() -> None:
    said = {
        node.value
        for tree in sentences.trees("simulator/terminal.py", "simulator/wording.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and CHINESE.search(str(node.value))
    }
    said |= sentences.raised(sentences.trees("local", "simulator"), "says")
    assert said <= SENTENCES.keys()
    assert REASONS.keys() == set(Failure)
    assert FAULTS.keys() == NAMED.keys()
