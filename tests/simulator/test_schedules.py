"""`python -m simulator schedule` runs a schedule of app.py, as its rule would."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from simulator.command import main
from tests.project import PROJECT
from tests.simulated import wechat_side
from tests.simulator.commands import ACCOUNT

APP = """
import logging
import os
import time
from chalice.app import Chalice, Rate
from chalicelib import log

log.configure("dev", quotes_errors=True)
log.write("process started", version="1.0.0")
logger = logging.getLogger("wechalice")
app = Chalice("test")

@app.schedule("cron(0 1 * * ? *)")
def morning(event):
    left = event.context.get_remaining_time_in_millis()
    print(event.source, event.resources[0].rpartition("/")[2], os.environ["STATE_TABLE"], left > 0)

@app.schedule(Rate(5, Rate.MINUTES))
def broken(event):
    logger.info("process of %s cities", 2)
    raise LookupError("no such city")

@app.schedule("rate(1 day)")
def endless(event):
    time.sleep(600)
"""
CONFIG = {
    "version": "2.0",
    "app_name": "test",
    "stages": {
        "dev": {
            "environment_variables": {"STATE_TABLE": "the table"},
            "lambda_functions": {"endless": {"lambda_timeout": 0.1}},
        }
    },
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project in which `make run` runs."""
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / ".chalice").mkdir()
    (tmp_path / ".chalice" / "config.json").write_text(json.dumps(CONFIG))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    with wechat_side(ACCOUNT, run=tmp_path) as side:
        monkeypatch.setenv("PHONE_PORT", side.address.rpartition(":")[2])
        yield tmp_path


def schedule(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["schedule", *arguments])


@pytest.mark.usefixtures("folder")
def test_schedules_are_listed_with_their_rules() -> None:
    result = schedule()
    assert result.exit_code == 0
    assert [line.split(maxsplit=1) for line in result.stdout.splitlines()] == [
        ["morning", "cron(0 1 * * ? *)"],
        ["broken", "rate(5 minutes)"],
        ["endless", "rate(1 day)"],
    ]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("morning", 0, "aws.events wechalice-dev-morning the table True"),
        ("broken", 1, "LookupError: no such city"),
        ("endless", 1, "Task timed out after 0.10 seconds"),
        ("evening", 1, "app.py has no schedule evening; it has morning, broken, endless."),
        ("no name", 2, ""),
    ],
)
def test_a_run_says_what_the_schedule_printed_and_whether_it_returned(
    name: str, code: int, said: str
) -> None:
    result = schedule(name)
    assert result.exit_code == code
    assert said in result.stdout


@pytest.mark.usefixtures("folder")
def test_what_a_schedule_logs_is_told_in_words() -> None:
    first, second, *_ = schedule("broken").stdout.splitlines()
    assert first == "process of 2 cities"
    assert second == "Traceback (most recent call last):"


def test_an_app_that_cannot_be_loaded_is_named_as_the_problem(folder: Path) -> None:
    (folder / "app.py").write_text("import nothing_of_that_name")
    result = schedule()
    assert result.exit_code == 1
    assert "No module named 'nothing_of_that_name'" in result.stderr


def test_outside_make_run_no_schedule_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    with wechat_side(ACCOUNT) as side:
        monkeypatch.setenv("PHONE_PORT", side.address.rpartition(":")[2])
        for arguments in [(), ("morning",)]:
            result = schedule(*arguments)
            assert result.exit_code == 2
            assert "定时任务只能在 make run 里运行" in result.stderr
