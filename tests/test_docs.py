"""What the documents name is there: commands, links, tests, alarms, and how long things last."""

import ast
import json
import re
import shlex
import tomllib
from functools import cache
from itertools import dropwhile
from pathlib import Path

import botocore.session
import chalice.cli
import click
import pytest
from botocore import xform_name

import conformance.command
import ops.command
import simulator.command
from chalicelib import log
from chalicelib.delivery import line, record
from chalicelib.router import session
from chalicelib.users.profiles import SESSION_SECONDS
from chalicelib.web.oauth import STATE_SECONDS
from simulator.events import USER
from tests import documents
from tests import stage as files
from tests.documents import NAMES, PROJECT, README, README_ZH
from tests.e2e.test_cloudformation import ADDED
from tests.stage import CODE, RESOURCES, template

OPERATIONS = "docs/operations.md"
SECURITY = "docs/security.md"
BADGES = "https://img.shields.io/badge/"
DAY = 24 * 3600

BLOCKS = [each for name in NAMES for each in documents.blocks(name)]


@pytest.mark.parametrize(("chinese", "english"), documents.ORIGINALS.items())
def test_a_translation_has_the_sections_paragraphs_and_code_of_its_original(
    chinese: str, english: str
) -> None:
    assert documents.shape(chinese) == documents.shape(english)
    for part in ("code", "language"):
        translated, original = (
            [getattr(each, part) for each in documents.blocks(name)] for name in (chinese, english)
        )
        assert translated == original
    assert _tests_named(chinese) == _tests_named(english)


def test_both_readmes_lead_to_each_other() -> None:
    assert README_ZH in documents.links(README)
    assert README in documents.links(README_ZH)


@pytest.mark.parametrize("readme", [README, README_ZH])
def test_badges_are_true(readme: str) -> None:
    badges = [each for each in documents.links(readme) if each.startswith(BADGES)]
    said = {each.removeprefix(BADGES).rpartition("-")[0] for each in badges}
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    (oldest,) = re.findall(r"sys\.version_info < \((\d, \d+)\)", documents.text("Makefile"))
    assert f"python-{oldest.replace(', ', '.')}+" in said
    assert documents.text("LICENSE").startswith("MIT License")
    assert settings["tool"]["mypy"]["strict"]
    assert {each for each in said if not each.startswith(("python-", "docs-"))} == {
        "license-MIT",
        "types-mypy_strict",
    }


# --- Commands ----------------------------------------------------------------------------------

ELSEWHERE = {"git", "cd", "cp", "export", "cloudflared", "pip"}
"""Programs that are not ours; what they are told is not looked at."""
GROUPS = {
    "conformance": conformance.command.main,
    "ops": ops.command.main,
    "simulator": simulator.command.main,
}
OF_THE_CLI = {("cloudformation", "deploy"), ("cloudformation", "package"), ("s3", "mb")}
"""What the AWS CLI does by itself, of several calls."""
COMMANDS = {command: document for document in NAMES for command in documents.commands(document)}


@pytest.mark.parametrize(("command", "document"), COMMANDS.items(), ids=str)
def test_a_command_is_one_that_exists(
    command: str, document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file in ("added.json", "conversation.json", "menu.yaml"):
        Path(file).touch()  # those that commands name are there
    words = shlex.split(command)
    match [*dropwhile(re.compile("[A-Z_]+=").match, words)]:
        case ["make", target, *_]:
            makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
            assert re.search(f"^{re.escape(target)}:", makefile, re.MULTILINE), target
        case [python, "-m", program, *arguments] if python.endswith("python"):
            _check_arguments(GROUPS[program], arguments)
        case [program, *arguments] if program.endswith("/chalice"):
            _check_arguments(chalice.cli.cli, arguments)
        case [program, *paths] if program.endswith("/pytest"):
            assert all((PROJECT / path).exists() for path in paths)
        case ["aws", service, operation, *options]:
            if (service, operation) not in OF_THE_CLI:
                _check_call(service, operation, options)
        case [program, *_]:
            assert program in ELSEWHERE


def _check_arguments(command: click.Command, arguments: list[str]) -> None:
    """Has click take them, without doing anything."""
    while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
        name, *arguments = arguments
        found = command.get_command(click.Context(command), name)
        assert found, name
        command = found
    if isinstance(command, click.Group):
        parameters = command.get_params(click.Context(command))
        assert {*arguments} <= {option for each in parameters for option in each.opts}
    elif "--help" not in arguments:
        command.make_context(str(command.name), arguments).close()


def _check_call(service: str, operation: str, options: list[str]) -> None:
    """Whether AWS has the operation, and the operation those options."""
    model = botocore.session.get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    taken = model.operation_model(operations[operation]).input_shape
    members = taken.members if taken else {}
    known = {f"--{xform_name(name, '-')}" for name in members} | {"--output", "--query", "--region"}
    given = {each for each in options if each.startswith("--")}
    assert {each.replace("--no-", "--") for each in given} <= known


# --- What else can be wrong --------------------------------------------------------------------


@pytest.mark.parametrize("document", NAMES)
def test_links_lead_somewhere(document: str) -> None:
    for link in documents.links(document):
        if link.startswith(("http://", "https://")):
            continue
        name, _, anchor = link.partition("#")
        there = (PROJECT / document).parent / name if name else PROJECT / document
        assert there.exists(), link
        target = str(there.resolve().relative_to(PROJECT))
        assert not anchor or anchor in documents.anchors(target), link


def test_the_files_that_a_contributor_is_told_to_touch_exist() -> None:
    spans = documents.code_spans("CONTRIBUTING.md")
    named = [each for each in spans if re.fullmatch(r"[\w/.-]+/[\w.-]*", each)]
    assert len(named) > 15
    assert [each for each in named if not (PROJECT / each).exists()] == []


def test_blocks_are_of_a_language_that_is_looked_at() -> None:
    assert {each.language for each in BLOCKS} <= {"", "python", "yaml", "json", "text"}


@pytest.mark.parametrize("document", NAMES)
def test_a_block_within_a_list_is_part_of_it_on_github_and_on_the_site(document: str) -> None:
    indents = {len(each) for each in re.findall("^( *)```", documents.text(document), re.MULTILINE)}
    assert indents <= {0, 4, 8}


def test_the_phones_first_user_is_named_as_the_phone_has_them() -> None:
    assert USER in documents.code_spans("docs/handlers.md")


def test_blocks_of_json_are_json() -> None:
    for block in BLOCKS:
        if block.language == "json":
            json.loads(block.code)


def test_what_is_added_for_cloudformation_is_what_a_deployment_was_tested_with() -> None:
    blocks = documents.blocks(OPERATIONS)
    (added,) = [each for each in blocks if '"MethodSettings"' in each.code]
    assert json.loads(added.code) == ADDED


def test_tests_that_show_that_a_threat_is_stopped_exist() -> None:
    named = _tests_named(SECURITY)
    assert len(named) > 50
    assert [each for each in named if not _is_a_test(each)] == []


def _tests_named(document: str) -> list[str]:
    return [each for each in documents.code_spans(document) if each.startswith("tests/")]


@cache
def _parsed(path: str) -> ast.Module:
    return ast.parse((PROJECT / path).read_text(encoding="utf-8"))


def _is_a_test(name: str) -> bool:
    """Whether pytest knows a test by that name, its parameters left out."""
    path, *names = name.split("::")
    found: ast.AST = _parsed(path)
    for each in names:
        inside = {
            child.name: child
            for child in ast.iter_child_nodes(found)
            if isinstance(child, ast.ClassDef | ast.FunctionDef)
        }
        if each not in inside:
            return False
        found = inside[each]
    return isinstance(found, ast.FunctionDef) and found.name.startswith("test_")


def test_what_to_do_is_said_of_each_alarm_and_of_no_other() -> None:
    resources = template(RESOURCES)["Resources"].values()
    alarms = (each for each in resources if each["Type"] == "AWS::CloudWatch::Alarm")
    names = {
        each["Properties"]["AlarmName"]["Fn::Sub"].removeprefix("wechalice-${Stage}-")
        for each in alarms
    }
    assert names == set(documents.first_column(OPERATIONS, "Alarms"))


def test_metrics_are_those_that_the_log_counts() -> None:
    (told,) = re.findall("metrics out of the lines.*", documents.text(OPERATIONS))
    code = "".join(CODE.values())
    named = set(re.findall("`([A-Z][A-Za-z]+)`", told))
    resources = template(RESOURCES)["Resources"].values()
    heard = {
        each["Properties"]["MetricName"]
        for each in resources
        if each.get("Properties", {}).get("Namespace") == log.NAMESPACE
    }
    assert heard <= named
    assert {each for each in named if f'"{each}"' not in code} == set()


@pytest.mark.parametrize(
    ("what", "seconds"),
    [
        ("the record of a push, with its answer", record.KEPT),
        ("answers that wait in a user's line", line.KEPT),
        ("`ctx.session`", session.KEPT),
        ("a state of web authorization, a used link", 2 * STATE_SECONDS),
        ("a job, with the push", "Jobs"),
        ("a dead letter, with the push", "DeadJobs"),
        ("a user who was forgotten", 2 * SESSION_SECONDS),
        ("a session in a browser", SESSION_SECONDS),
        ("lines of the log", "DoorLogs"),
    ],
)
def test_what_is_kept_is_kept_so_long(what: str, seconds: int | str) -> None:
    (row,) = re.findall(rf"^\| {re.escape(what)} \|.*", documents.text(OPERATIONS), re.MULTILINE)
    if isinstance(seconds, str):
        kept = files.stage("prod").resources[seconds]
        seconds = int(kept.get("MessageRetentionPeriod") or kept["RetentionInDays"] * DAY)
    amounts = {"a day": DAY, f"{seconds // DAY} days": seconds, f"{seconds // 60} minutes": seconds}
    assert seconds in {amount for words, amount in amounts.items() if words in row}, row
