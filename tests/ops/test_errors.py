"""Whatever goes wrong, an operator reads one sentence that says what to do next."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from botocore.exceptions import (
    ClientError,
    ConfigParseError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    ProfileNotFound,
    SSOTokenLoadError,
)

from chalicelib.ports import Unavailable
from ops.command import main
from ops.errors import sentence
from simulator.addresses import FILE, Addresses
from tests.backends import Answer, Request, backend
from tests.ops.operator import Operator

REPOSITORY = Path(__file__).parents[2]


def run(operator: Operator, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program itself, in the operator's folder, with those variables ('' takes one away)."""
    told: Mapping[str, str] = {**os.environ, "PYTHONPATH": str(REPOSITORY), **environment}
    return subprocess.run(
        [sys.executable, "-m", "ops", *words, "--stage", operator.stage],
        cwd=operator.project,
        env={name: value for name, value in told.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["doctor"],
        ["up", "--fixed-exit", "none"],
        ["user", "show", "oA"],
        ["secrets", "set", "own/k"],
    ],
)
def test_without_credentials_it_says_how_to_get_some_before_it_asks_anything(
    operator: Operator, words: list[str]
) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": ""}
    alone = {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(operator.project)}
    result = run(operator, *words, **nobody, **alone)
    assert result.returncode == 1
    assert "aws sso login" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("words", [["secrets", "list"], ["status"]])
def test_an_aws_that_is_out_of_reach_is_told_once(operator: Operator, words: list[str]) -> None:
    result = run(operator, *words, AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1")
    assert result.returncode == 1
    assert result.stderr.count("Cannot reach AWS") == 1
    assert "AWS_REGION" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_an_operator_who_interrupts_a_command_reads_how_it_goes_on(operator: Operator) -> None:
    def interrupted(_: Request) -> Answer:
        os.kill(process.pid, signal.SIGINT)
        return Answer()

    with backend(interrupted) as aws:
        told = {**os.environ, "PYTHONPATH": str(REPOSITORY), "AWS_ENDPOINT_URL": aws.url}
        process = subprocess.Popen(
            [sys.executable, "-m", "ops", "up", "--fixed-exit", "none", "--stage", operator.stage],
            cwd=operator.project,
            env=told,
            stderr=subprocess.PIPE,
            text=True,
        )
        _, said = process.communicate()
    assert process.returncode == 1
    assert "run it again" in said
    assert "Traceback" not in said


def test_a_question_without_a_terminal_ends_with_what_answers_it(operator: Operator) -> None:
    for words in (["down"], ["secrets", "generate", "token"]):
        result = operator.types(*words)
        assert result.exit_code == 1
        assert "use --yes" in result.stderr
    assert "Aborted!" in operator.types("secrets", "generate", "token", answers="n\n").stderr


def test_a_value_without_a_terminal_ends_with_how_to_give_it(operator: Operator) -> None:
    told = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    result = subprocess.run(
        [sys.executable, "-m", "ops", "secrets", "set", "app-id", "--stage", operator.stage],
        cwd=operator.project,
        env=told,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert result.returncode == 2
    assert "use --file -" in result.stderr
    assert "GetPassWarning" not in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["dead-letters", "list"],
        ["secrets", "list"],
        ["deploy"],
        ["menu", "show"],
        ["bind-link", "42", "--label", "a", "--url", "https://example.com"],
        ["user", "show", "oAlice"],
    ],
    ids=" ".join,
)
def test_in_the_wrong_region_it_names_the_region(
    operator: Operator, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    result = operator.types(*words)
    assert result.exit_code == 1
    assert "in eu-west-1" in result.stderr


@pytest.mark.parametrize("default", ["", "us-east-1"])
def test_the_region_is_found_as_the_aws_cli_finds_it(operator: Operator, default: str) -> None:
    region = {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": default}
    result = run(operator, "dead-letters", "list", **region)
    assert "in eu-west-1" in result.stderr


def test_outside_of_a_project_it_says_so(operator: Operator) -> None:
    operator.target.config_file.unlink()
    result = operator.types("secrets", "list")
    assert result.exit_code == 1
    assert "in the project's folder" in result.stderr


def test_a_configuration_that_is_none_is_told(operator: Operator) -> None:
    operator.target.config_file.write_text("[]")
    result = operator.types("secrets", "list")
    assert result.exit_code == 1
    assert "version control" in result.stderr


def test_a_file_that_cannot_be_read_is_told(operator: Operator) -> None:
    operator.target.config_file.unlink()
    operator.target.config_file.mkdir()
    result = operator.types("secrets", "list")
    assert result.exit_code == 1
    assert "config.json: Is a directory" in result.stderr


def test_a_configuration_that_means_nothing_is_told(operator: Operator) -> None:
    operator.configure(WECHAT_MODE="secret")
    result = operator.types("secrets", "list")
    assert result.exit_code == 1
    assert "write one of: plaintext, compatible, safe" in result.stderr


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (
            ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetRole"),
            "ask for this permission",
        ),
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "old"}}, "GetRole"),
            "log in again",
        ),
        (
            ClientError({"Error": {"Code": "Throttling", "Message": "slow"}}, "GetRole"),
            "wait a minute",
        ),
        (
            ClientError(
                {"Error": {"Code": "InvalidSignatureException", "Message": "Signature expired: …"}},
                "GetItem",
            ),
            "clock",
        ),
        (
            ClientError({"Error": {"Code": "ChangeSetNotFound", "Message": ""}}, "Execute"),
            "somebody else",
        ),
        (
            ClientError({"Error": {"Code": "LimitExceededException", "Message": ""}}, "CreateRole"),
            "Service Quotas",
        ),
        (
            ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "DescribeTable"),
            "doctor",
        ),
        (
            ClientError(
                {"Error": {"Code": "Odd"}, "ResponseMetadata": {"HTTPStatusCode": 503}},  # type: ignore[typeddict-item]
                "GetRole",
            ),
            "wait a minute",
        ),
        (ClientError({"Error": {"Code": "Odd", "Message": ""}}, "GetRole"), "doctor"),
        (ConfigParseError(path="/aws/config"), "AWS_CONFIG_FILE"),
        (InvalidRegionError(region_name="us east"), "AWS_REGION"),
        (Unavailable("DynamoDB: ResourceNotFoundException"), "AWS_REGION"),
        (PermissionError(13, "Permission denied", "config.json"), "config.json: Permission denied"),
        (ProfileNotFound(profile="nobody"), "AWS_PROFILE"),
        (NoRegionError(), "AWS_REGION"),
        (SSOTokenLoadError(error_msg="expired"), "aws sso login"),
    ],
)
def test_each_refusal_of_aws_says_what_to_do(error: Exception, advice: str) -> None:
    assert advice in sentence(error)


@pytest.mark.parametrize("error", [NoRegionError(), NoCredentialsError()])
def test_without_region_or_credentials_the_variables_of_make_run_are_told_where_it_has_run(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "make run" not in sentence(error)
    (tmp_path / FILE).parent.mkdir()
    Addresses("http://127.0.0.1:8000", 8001, 4567).save(tmp_path / FILE)
    assert "export AWS_ENDPOINT_URL=http://127.0.0.1:4567 AWS_REGION=" in sentence(error)


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_a_missing_permission_is_named_without_arns_and_with_what_prints_all(code: str) -> None:
    user = "User: arn:aws:iam::000000000000:user/nobody"
    message = f"{user} is not authorized to perform: apigateway:GET on resource: arn:aws:api"
    refused = ClientError({"Error": {"Code": code, "Message": message}}, "GetRestApis")
    told = Unavailable("Lambda")
    told.__cause__ = refused
    for each in (sentence(refused), sentence(told)):
        assert "lack the permission apigateway:GET" in each
        assert "python -m ops deploy-policy --stage" in each
        assert "arn:" not in each


def test_a_refused_secret_is_not_quoted() -> None:
    message = "Value 'atoken' is wrong"
    response = {"Error": {"Code": "ValidationException", "Message": message}}
    assert "atoken" not in sentence(ClientError(response, "PutParameter"))  # type: ignore[arg-type]


def commands() -> list[list[str]]:
    """Each command, by what one types."""
    found: list[list[str]] = []
    for name in main.list_commands(click.Context(main)):
        below = getattr(command(name), "commands", None)
        found += [[name, each] for each in below] if below else [[name]]
    return found


def command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_the_help_of_each_command_teaches_by_an_example(words: list[str]) -> None:
    result = Operator.asks(*words, "--help")
    assert result.exit_code == 0
    assert f"python -m ops {' '.join(words)}" in result.stdout


def test_every_command_that_lists_or_checks_speaks_json() -> None:
    speaks = {
        ("secrets", "list"),
        ("doctor",),
        ("dead-letters", "list"),
        ("dead-letters", "show"),
        ("menu", "show"),
        ("menu", "diff"),
        ("user", "show"),
        ("logs",),
    }
    for words in speaks:
        speaker = command(words[0])
        for word in words[1:]:
            speaker = speaker.commands[word]  # type: ignore[attr-defined]
        assert any(option.name == "as_json" for option in speaker.params)
