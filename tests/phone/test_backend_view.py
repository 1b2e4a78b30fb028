"""What the page shows of the backend comes from the logs of `make run` and from its tables."""

import asyncio
import json
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from starlette.responses import PlainTextResponse

from chalicelib.delivery.attempt import TRIES
from chalicelib.delivery.jobs import Job
from local import log_file
from local.aws import guarded, with_a_queue_to_cut_off
from simulator.controls import FILE, Controls
from simulator.phone.backend_view import BackendView
from simulator.phone.logs import Log
from simulator.phone.tables import Tables


def entry(**fields: object) -> str:
    return json.dumps({"time": 12.5, "level": "INFO", "event": "push", "Stage": "dev", **fields})


def test_reading_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "backend.log"
    keep = log_file.kept(path)
    log = Log("backend", path)
    keep(entry(identity="a", route="r.one"))
    assert [each.identity for each in log.read()] == ["a"]
    keep(entry(identity="b"))
    keep("printed by a handler")
    assert [each.identity for each in log.read()] == ["b", ""]
    assert [each.text for each in log.lines][-1] == "printed by a handler"


def test_an_incomplete_line_is_read_later(tmp_path: Path) -> None:
    path = tmp_path / "backend.log"
    path.write_text("1.5 one\n2.5 tw")
    log = Log("backend", path)
    assert [each.text for each in log.read()] == ["one"]
    path.write_text("1.5 one\n2.5 two\n")
    assert [(each.at, each.text) for each in log.read()] == [(2.5, "two")]


def test_the_log_of_a_new_run_is_read_from_its_start(tmp_path: Path) -> None:
    path = tmp_path / "backend.log"
    log = Log("backend", path)
    log_file.kept(path)("a line of the first run")
    log.read()
    log_file.kept(path)("second")
    assert [each.text for each in log.read()] == ["second"]


def test_a_line_at_the_end_of_something_says_when_it_began(tmp_path: Path) -> None:
    log_file.kept(tmp_path / "worker.log")(entry(identity="a", JobMilliseconds=2500))
    (line,) = Log("worker", tmp_path / "worker.log").read()
    assert (line.since, line.at) == (10.0, 12.5)


def queued_on(aws: str) -> Tables:
    """A stage with a job in each of its queues, whose identity is the kind of the queue."""
    sqs, name = boto3.client("sqs"), f"shown-{uuid.uuid4().hex}"
    for kind in ("jobs", "jobs-dead", "long", "long-dead"):
        url = sqs.create_queue(QueueName=f"{name}-{kind}.fifo", Attributes={"FifoQueue": "true"})
        job = Job(identity=kind, openid="oAlice", arrival=0, sender="door")
        sqs.send_message(
            QueueUrl=url["QueueUrl"],
            MessageBody=job.to_json(),
            MessageGroupId=job.group,
            MessageDeduplicationId=kind,
        )
        for _ in range(TRIES + 1):
            sqs.receive_message(QueueUrl=url["QueueUrl"], VisibilityTimeout=0)
    return Tables(aws, {"JOBS_QUEUE": f"{name}-jobs.fifo", "LONG_QUEUE": f"{name}-long.fifo"})


def test_the_jobs_of_both_queues_and_their_dead_letters_are_shown(aws: str) -> None:
    with closing(queued_on(aws)) as tables:
        shown = tables.messages()
    assert {where: [each["identity"] for each in jobs] for where, jobs in shown.items()} == {
        "jobs": ["jobs", "long"],
        "dead": ["jobs-dead", "long-dead"],
    }


def test_jobs_show_their_tries_and_dead_letters_those_of_the_log(aws: str, tmp_path: Path) -> None:
    """The queue counts one more, and counts as many for a handler that took too long at once."""
    took_too_long = {"event": "a job is dead", "JobDead": 1, "tries": 1, "JobMilliseconds": 1}
    log_file.kept(tmp_path / "worker.log")(entry(identity="jobs-dead", **took_too_long))
    with closing(queued_on(aws)) as tables:
        view = BackendView(lambda: tables, tmp_path, lambda _: None)
        asyncio.run(view.look())
    tries = {
        each["identity"]: each["tries"]
        for where in ("jobs", "dead")
        for each in view.tables_shown[where]
    }
    assert tries == {"jobs": TRIES, "long": TRIES, "jobs-dead": 1, "long-dead": None}


def test_without_a_run_there_are_no_lines(tmp_path: Path) -> None:
    assert Log("backend", tmp_path / "backend.log").read() == []


def test_only_the_latest_lines_are_stored(tmp_path: Path) -> None:
    keep = log_file.kept(tmp_path / "backend.log", largest=100)
    for number in range(100):
        keep(f"line {number}")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 400
    assert "line 99" in (tmp_path / "backend.log").read_text()


@pytest.mark.parametrize("content", [None, "", "[]", '{"unknown": 1}', "{"])
def test_unreadable_controls_request_nothing(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / FILE.name
    if content is not None:
        path.write_text(content)
    assert Controls.load(path) == Controls()


def test_controls_are_read_as_they_were_written(tmp_path: Path) -> None:
    asked = Controls(worker_killed=True, settings={"WECHAT_MODE": "plaintext"})
    asked.save(tmp_path / FILE.name)
    assert Controls.load(tmp_path / FILE.name) == asked


# --- A queue that is cut off ------------------------------------------------------------------


def test_the_queue_is_cut_off_while_the_page_requests_it(folder: Path) -> None:
    assert status("AmazonSQS.SendMessage") == 200
    Controls(queue_down=True).save(folder / FILE)
    assert status("AmazonSQS.SendMessage") == 503
    assert status("DynamoDB_20120810.GetItem") == 200
    Controls().save(folder / FILE)
    assert status("AmazonSQS.SendMessage") == 200


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which `make run` runs."""
    monkeypatch.chdir(tmp_path)
    FILE.parent.mkdir()
    return tmp_path


def status(target: str) -> int:
    """The status that a signed request to AWS on this machine gets."""
    transport = httpx.ASGITransport(guarded(with_a_queue_to_cut_off(_done), "4566"))  # type: ignore[arg-type]
    headers = {"Authorization": "AWS4-HMAC-SHA256", "X-Amz-Target": target}

    async def asked() -> int:
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.post("http://127.0.0.1:4566/", headers=headers)).status_code

    return asyncio.run(asked())


async def _done(scope: Any, receive: Any, send: Any) -> None:
    await PlainTextResponse("done")(scope, receive, send)
