"""The version stands in one place, and operators can read it."""

import json
import os
import subprocess
import sys
import tomllib

import pytest
from click.testing import CliRunner

from chalicelib import __version__
from local import environment
from ops.command import main
from tests.backends import Answer, backend
from tests.project import PROJECT


def first_line(handler: str, endpoint: str) -> dict[str, object]:
    """What a new process on Lambda logs first; its AWS is at `endpoint`."""
    done = subprocess.run(
        [sys.executable, "-c", "import app"],
        cwd=PROJECT,
        env={**environment.isolated(os.environ, endpoint), "_HANDLER": handler},
        capture_output=True,
        check=True,
    )
    line: dict[str, object] = json.loads(done.stdout.splitlines()[0])
    return line


def test_the_command_says_it() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout == f"wechalice {__version__}\n"


def test_the_project_reads_it_from_the_code() -> None:
    described = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    assert described["project"]["dynamic"] == ["version"]
    assert described["tool"]["setuptools"]["dynamic"]["version"] == {
        "attr": "chalicelib.__version__"
    }


@pytest.mark.parametrize(
    "handler", ["app.app", "app.worker", "app.long_worker", "app.wechat_caller"]
)
def test_the_first_line_of_a_process_says_it(handler: str) -> None:
    with backend(Answer("no such AWS", 400)) as aws:
        line = first_line(handler, aws.url)
    assert (line["event"], line["version"]) == ("process started", __version__)


def test_to_say_it_costs_no_call() -> None:
    with backend(Answer("no such AWS", 400)) as aws:
        first_line("app.worker", aws.url)
    assert aws.requests == []
