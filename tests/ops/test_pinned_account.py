"""A stage that is pinned to an AWS account is touched with no other account's credentials."""

from typing import Any

import pytest

from ops.target import read_config, write_config
from simulator.addresses import FILE, Addresses
from tests.ops.operator import Operator

OURS = "000000000000"
"""The account of the emulator."""


def pin(operator: Operator, account: Any) -> None:
    config = read_config(operator.target.config_file)
    config["stages"][operator.stage]["account"] = account
    write_config(operator.target.config_file, config)


@pytest.mark.parametrize(
    "words", [("up", "--yes", "--fixed-exit", "none"), ("deploy", "--yes"), ("down", "--yes")]
)
def test_another_account_is_refused_before_anything_changes(
    operator: Operator, words: tuple[str, ...]
) -> None:
    pin(operator, "123456789012")
    before = operator.target.config_file.read_text()
    done = operator.types(*words)
    assert done.exit_code == 1
    assert f"belongs to the AWS account 123456789012, and these credentials to {OURS}" in (
        done.stderr
    )
    assert operator.stack_status() is None
    assert operator.target.config_file.read_text() == before


def test_its_own_account_is_not(operator: Operator) -> None:
    pin(operator, OURS)
    assert operator.types("up", "--yes", "--fixed-exit", "none").exit_code == 0
    assert operator.stack_status() == "CREATE_COMPLETE"


@pytest.mark.parametrize("account", [123456789012, "1234-5678-9012", ""])
def test_what_is_no_account_is_refused_with_what_to_write(
    operator: Operator, account: object
) -> None:
    pin(operator, account)
    done = operator.types("secrets", "list")
    assert done.exit_code == 1
    assert '"account": "123456789012"' in done.stderr


def test_make_run_belongs_to_no_account(operator: Operator, aws: str) -> None:
    pin(operator, "123456789012")
    (operator.project / FILE).parent.mkdir()
    port = int(aws.rpartition(":")[2])
    Addresses("http://127.0.0.1:1/wechat", 1, port).save(operator.project / FILE)
    assert operator.types("up", "--yes", "--fixed-exit", "none").exit_code == 0
