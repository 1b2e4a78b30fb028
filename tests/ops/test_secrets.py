"""`secrets` changes the backend's secrets, and never shows them."""

import base64
import os
import pty
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from ops import secret_store
from simulator.account import Account
from tests.ops.operator import Operator

GOOD = {
    "app-id": "wx0123456789abcdef",
    "app-secret": "0123456789abcdef0123456789abcdef",
    "token": "atoken123",
    "encoding-aes-key": "A" * 43,
    "cookie-key": base64.urlsafe_b64encode(bytes(32)).decode(),
    "domain-verification": "abcDEF123",
}
WRONG = {
    "app-id": "0123456789abcdef",
    "app-secret": "0123",
    "token": "has space",
    "encoding-aes-key": "A" * 42,
    "cookie-key": base64.urlsafe_b64encode(bytes(31)).decode(),
    "domain-verification": "MP_verify_abc.txt",
}


def current(operator: Operator, name: str) -> str:
    path = f"/wechalice/{operator.stage}/{name}"
    found = boto3.client("ssm").get_parameter(Name=path, WithDecryption=True)
    return found["Parameter"]["Value"]


def test_the_list_tells_versions_and_ages_and_no_value(operator: Operator) -> None:
    operator.keeps("token", "firstsecret")
    operator.keeps("token", "secondsecret")
    shown = operator.types("secrets", "list")
    assert "token" in shown.stdout
    assert "firstsecret" not in shown.output
    assert "secondsecret" not in shown.output
    listed = {each["name"]: each for each in operator.reads("secrets", "list")}
    assert listed["token"]["version"] == 2
    assert listed["token"]["age_seconds"] >= 0
    assert "value" not in listed["token"]


def test_the_list_says_what_is_missing_and_how_to_make_it(operator: Operator) -> None:
    result = operator.types("secrets", "list")
    assert result.exit_code == 1
    assert f"secrets set app-secret --stage {operator.stage}" in result.stderr
    assert f"secrets generate cookie-key --stage {operator.stage}" in result.stderr


def test_plaintext_needs_no_encoding_aes_key(operator: Operator) -> None:
    operator.configure(WECHAT_MODE="plaintext")
    for name in secret_store.KINDS:
        if name not in ("encoding-aes-key", "domain-verification"):
            operator.keeps(name, "anything")
    assert operator.types("secrets", "list").exit_code == 0


@pytest.mark.parametrize("name", GOOD)
def test_a_well_formed_value_is_set_from_standard_input(operator: Operator, name: str) -> None:
    result = operator.types(
        "secrets", "set", name, "--file", "-", "--yes", answers=f"{GOOD[name]}\n"
    )
    assert result.exit_code == 0, result.output
    assert current(operator, name) == GOOD[name]
    assert GOOD[name] not in result.output


@pytest.mark.parametrize("name", WRONG)
def test_a_malformed_value_is_refused_without_quoting_it(operator: Operator, name: str) -> None:
    result = operator.types("secrets", "set", name, "--yes", answers=f"{WRONG[name]}\n")
    assert result.exit_code == 1
    assert f"This is no {name}" in result.stderr
    assert WRONG[name] not in result.output
    assert name not in secret_store.listed(operator.target)


def test_a_value_is_set_from_a_file(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "token.txt"
    file.write_text("fromafile\n")
    operator.types("secrets", "set", "token", "--file", str(file), "--yes")
    assert current(operator, "token") == "fromafile"


def test_a_file_that_holds_no_text_is_refused(operator: Operator, tmp_path: Path) -> None:
    file = tmp_path / "token.bin"
    file.write_bytes(b"\xff\xfe")
    result = operator.types("secrets", "set", "token", "--file", str(file), "--yes")
    assert result.exit_code == 2
    assert "UTF-8" in result.stderr


def test_production_is_changed_only_after_a_yes(operator: Operator) -> None:
    operator.keeps("token", "before")
    result = operator.types("secrets", "set", "token", answers="after\nn\n")
    assert result.exit_code == 1
    assert current(operator, "token") == "before"
    assert operator.types("secrets", "set", "token", answers="after\ny\n").exit_code == 0
    assert current(operator, "token") == "after"


@pytest.mark.parametrize("words", [["generate", "token"], ["roll-back", "token"]])
def test_no_other_way_changes_production_without_a_yes(
    operator: Operator, words: list[str]
) -> None:
    operator.keeps("token", "first")
    operator.keeps("token", "second")
    assert operator.types("secrets", *words, answers="n\n").exit_code == 1
    assert current(operator, "token") == "second"


def test_what_is_kept_is_encrypted_and_listed_without_its_value(operator: Operator) -> None:
    operator.types("secrets", "generate", "token", "--yes")
    path = f"/wechalice/{operator.stage}/token"
    assert boto3.client("ssm").get_parameter(Name=path)["Parameter"]["Type"] == "SecureString"
    assert secret_store.listed(operator.target)["token"].value == ""


def test_the_order_is_told_in_which_ssm_and_the_console_change(operator: Operator) -> None:
    first = operator.types("secrets", "generate", "token", "--yes")
    assert "After the deploy, the same value has to stand on 微信开发者平台" in first.stderr
    assert "24 hours" not in first.stderr, "there is no earlier value"
    token = operator.types("secrets", "set", "token", "--yes", answers="atoken\n")
    assert "A minute from now, save the same value on 微信开发者平台" in token.stderr
    value = GOOD["app-secret"]
    app_secret = operator.types("secrets", "set", "app-secret", "--yes", answers=f"{value}\n")
    assert "微信开发者平台 makes this one" in app_secret.stderr


@pytest.mark.parametrize("name", [name for name, kind in secret_store.KINDS.items() if kind.new])
def test_what_is_generated_is_well_formed_new_and_not_shown(operator: Operator, name: str) -> None:
    made = set()
    for _ in range(2):
        result = operator.types("secrets", "generate", name, "--yes")
        assert result.exit_code == 0, result.output
        value = current(operator, name)
        assert not secret_store.KINDS[name].wrong(value)
        assert value not in result.output
        made.add(value)
    assert len(made) == 2


def test_nothing_is_generated_to_be_shown_where_no_terminal_is(operator: Operator) -> None:
    result = operator.types("secrets", "generate", "token", "--show", "--yes")
    assert result.exit_code == 2
    assert "token" not in secret_store.listed(operator.target)


def test_on_a_terminal_what_goes_into_the_console_is_shown(operator: Operator) -> None:
    ours, theirs = pty.openpty()
    words = ["secrets", "generate", "token", "--show", "--yes", "--stage", operator.stage]
    repository = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-m", "ops", *words],
        cwd=operator.project,
        env={**os.environ, "PYTHONPATH": repository},
        stdout=theirs,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown = os.read(ours, 4096).decode()
    os.close(ours)
    os.close(theirs)
    assert shown.strip() == f"token: {current(operator, 'token')}"


def test_rolling_back_brings_the_last_other_value_back(operator: Operator) -> None:
    for value in ("one", "two", "two"):
        operator.keeps("token", value)
    result = operator.types("secrets", "roll-back", "token", "--yes")
    assert result.exit_code == 0
    assert current(operator, "token") == "one"
    assert secret_store.shown_by(operator.target, "token") in result.stderr


def test_rolling_back_to_a_version_takes_that_one(operator: Operator) -> None:
    for value in ("one", "two", "three"):
        operator.keeps("token", value)
    assert operator.types("secrets", "roll-back", "token", "--to", "2", "--yes").exit_code == 0
    assert current(operator, "token") == "two"


@pytest.mark.parametrize("options", [[], ["--to", "7"]])
def test_there_is_no_way_back_to_what_never_was(operator: Operator, options: list[str]) -> None:
    operator.keeps("token", "only")
    result = operator.types("secrets", "roll-back", "token", "--yes", *options)
    assert result.exit_code == 1
    assert "no such earlier version" in result.stderr


def test_what_was_never_set_cannot_be_rolled_back(operator: Operator) -> None:
    result = operator.types("secrets", "roll-back", "token", "--yes")
    assert result.exit_code == 1
    assert "There is no token yet" in result.stderr


def test_the_secrets_of_an_account_as_the_console_makes_them_are_well_formed() -> None:
    account = Account.new()
    assert not secret_store.KINDS["app-id"].wrong(account.app_id)
    assert not secret_store.KINDS["app-secret"].wrong(account.app_secret)
    assert not secret_store.KINDS["token"].wrong(account.token)
    assert not secret_store.KINDS["encoding-aes-key"].wrong(account.encoding_aes_key)


def test_a_secret_of_the_teams_own_is_set_and_listed(operator: Operator) -> None:
    words = ("secrets", "set", "own/model-key", "--file", "-", "--yes")
    operator.types(*words, answers="anything goes")
    assert current(operator, "own/model-key") == "anything goes"
    listed = {each["name"]: each for each in operator.reads("secrets", "list")}
    assert listed["own/model-key"]["version"] == 1
    assert "anything goes" not in operator.types("secrets", "list").output


@pytest.mark.parametrize("name", ["own/", "own/a/b", "model-key", "own/has space"])
def test_what_is_no_name_of_a_secret_says_what_to_write(operator: Operator, name: str) -> None:
    result = operator.types("secrets", "set", name)
    assert result.exit_code == 2
    assert "or own/ and a name of yours" in result.stderr
