"""A function is started under Lambda's real runtime client, and answers its first event."""

import json
import os
from pathlib import Path

import pytest

from bench import functions, lambda_runtime
from bench.lambda_runtime import ColdStart
from local.processes import Failed


def cold_start(directory: Path, app: str) -> ColdStart:
    """The cold start of a function with `app` as its whole code."""
    folder = directory / "function"
    folder.mkdir()
    (folder / "app.py").write_text(app)
    runtime = functions.runtime(directory / "runtime")
    return lambda_runtime.started(folder, runtime, os.environ, '{"said": "你好"}')


def test_it_is_asked_once_and_its_answer_kept(tmp_path: Path) -> None:
    cold = cold_start(tmp_path, "def app(event, context): return event['said']")
    assert json.loads(cold.answer) == "你好"
    assert min(cold.init, cold.first, cold.memory) > 0


def test_boto3_comes_from_the_runtime_and_nothing_from_this_environment(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="pytest"):
        cold_start(tmp_path, "import boto3\nimport pytest\ndef app(event, context): ...")


@pytest.mark.parametrize(
    "app", ["raise ValueError('broken')", "def app(event, context): raise ValueError('broken')"]
)
def test_a_function_that_breaks_is_told_with_its_reason(tmp_path: Path, app: str) -> None:
    with pytest.raises(Failed, match="broken"):
        cold_start(tmp_path, app)
