"""`function add` makes a function of the team's own known to every stage."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ops.command import main

APP = """
from chalice.app import Chalice

app = Chalice(app_name="wechalice")


@app.schedule("rate(1 day)")
def morning(event): ...
"""


@pytest.fixture
def chalice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder `.chalice` of a project with the stages dev and prod, where commands are typed."""
    folder = tmp_path / ".chalice"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"stages": {"dev": {}, "prod": {}}}))
    (tmp_path / "app.py").write_text(APP)
    monkeypatch.chdir(tmp_path)
    ops("upgrade")
    return folder


def ops(*words: str) -> str:
    """What a command prints, which must succeed."""
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return result.stdout


def read(file: Path) -> Any:
    return json.loads(file.read_text())


def allowed(file: Path) -> dict[str, list[str]]:
    """What a policy allows, by action."""
    return {
        action: each["Resource"]
        for each in read(file)["Statement"]
        for action in each["Action"]
        if each["Effect"] == "Allow"
    }


def test_each_stage_keeps_its_log_as_long_as_ours(chalice: Path) -> None:
    ops("function", "add", "morning")
    stages = read(chalice / "config.json")["stages"]
    for stage, days in {"dev": 30, "prod": 365}.items():
        assert stages[stage]["lambda_functions"]["morning"] == {
            "iam_policy_file": f"policy-{stage}-morning.json",
            "log_retention_in_days": days,
        }


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_it_may_do_what_bootstrap_offers_and_nothing_else(chalice: Path, stage: str) -> None:
    ops("function", "add", "morning")
    log = [f"arn:*:logs:*:*:log-group:/aws/lambda/wechalice-{stage}-morning:*"]
    queues = [f"arn:*:sqs:*:*:wechalice-{stage}-{name}.fifo" for name in ("long", "jobs")]
    profiles = f"arn:*:dynamodb:*:*:table/wechalice-{stage}-profiles"
    assert allowed(chalice / f"policy-{stage}-morning.json") == {
        "logs:CreateLogStream": log,
        "logs:PutLogEvents": log,
        "ssm:GetParameters": [f"arn:*:ssm:*:*:parameter/wechalice/{stage}/own/*"],
        "dynamodb:GetItem": [profiles],
        "dynamodb:Query": [f"{profiles}/index/user_id"],
        "sqs:GetQueueUrl": queues,
        "sqs:SendMessage": queues,
        "lambda:InvokeFunction": [f"arn:*:lambda:*:*:function:wechalice-{stage}-wechat_caller"],
    }


def test_adding_it_again_changes_nothing(chalice: Path) -> None:
    assert "+ dev: morning" in ops("function", "add", "morning")
    before = {file.name: read(file) for file in chalice.iterdir()}
    assert ops("function", "add", "morning") == ""
    assert {file.name: read(file) for file in chalice.iterdir()} == before


def test_an_upgrade_keeps_it_and_completes_its_policy(chalice: Path) -> None:
    ops("function", "add", "morning")
    file = chalice / "policy-dev-morning.json"
    before = read(file)
    own = {"Sid": "OwnBucket", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    file.write_text(json.dumps({**before, "Statement": [*before["Statement"][1:], own]}))
    assert ops("upgrade") == "+ policy-dev-morning.json: WriteLog\n"
    assert read(file) == {**before, "Statement": [*before["Statement"], own]}


def test_a_policy_under_a_name_of_the_teams_own_is_theirs_alone(chalice: Path) -> None:
    config = read(chalice / "config.json")
    functions = config["stages"]["dev"]["lambda_functions"]
    functions["morning"] = {"iam_policy_file": "mornings.json"}
    (chalice / "config.json").write_text(json.dumps(config))
    (chalice / "mornings.json").write_text("{}")
    assert ops("upgrade") == ""


def test_a_new_stage_has_it(chalice: Path) -> None:
    ops("function", "add", "morning")
    ops("stage", "shop", "--like", "prod")
    made = read(chalice / "config.json")["stages"]["shop"]["lambda_functions"]["morning"]
    assert made["iam_policy_file"] == "policy-shop-morning.json"
    assert "prod" not in (chalice / "policy-shop-morning.json").read_text()
    assert ops("upgrade") == ""


@pytest.mark.parametrize(
    "name",
    ["worker", "long_worker", "wechat_caller", "api_handler", "door", "good-morning", "../morning"],
)
def test_a_name_that_cannot_be_is_refused(chalice: Path, name: str) -> None:
    before = read(chalice / "config.json")
    assert CliRunner().invoke(main, ["function", "add", name]).exit_code == 1
    assert read(chalice / "config.json") == before


def test_a_function_that_app_py_does_not_define_is_refused(chalice: Path) -> None:
    before = read(chalice / "config.json")
    result = CliRunner().invoke(main, ["function", "add", "evening"])
    assert result.exit_code == 1
    assert "app.py defines no function evening (it has: morning)" in result.stderr
    assert read(chalice / "config.json") == before
