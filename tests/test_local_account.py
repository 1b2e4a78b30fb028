"""What `make run` puts into SSM: the account's secrets, and keys of the backend's own."""

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from local import account
from simulator.account import Account

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_ssm.type_defs import ParameterTypeDef

KEYS = ("cookie-key", "ticket-key", "refresh-token-key")
OF_WECHAT = ("app-id", "app-secret", "token", "encoding-aes-key")
NAMES = [f"{account.PARAMETER_PATH}/{name}" for name in (*OF_WECHAT, *KEYS, "domain-verification")]


@pytest.fixture
def ssm(aws: str) -> Iterator["SSMClient"]:
    """SSM, empty before and after."""
    client = boto3.client("ssm")
    client.delete_parameters(Names=NAMES)
    yield client
    client.delete_parameters(Names=NAMES)


@pytest.fixture
def console(tmp_path: Path) -> Path:
    return tmp_path / "console.json"


def shared(ssm: "SSMClient") -> dict[str, "ParameterTypeDef"]:
    found = ssm.get_parameters(Names=NAMES, WithDecryption=True)["Parameters"]
    return {each["Name"].rpartition("/")[2]: each for each in found}


def test_the_first_run_puts_every_secret_and_key(ssm: "SSMClient", console: Path) -> None:
    account.share(console)
    values = {name: each["Value"] for name, each in shared(ssm).items()}
    assert values["token"] == Account.load(console).token
    assert {len(base64.urlsafe_b64decode(values[name])) for name in KEYS} == {32}
    assert len({values[name] for name in KEYS}) == 3
    assert re.fullmatch("[a-zA-Z0-9]{16}", values["domain-verification"])
    assert {each["Type"] for each in shared(ssm).values()} == {"SecureString"}


def test_a_run_from_before_there_were_keys_gets_them_and_keeps_the_rest(
    ssm: "SSMClient", console: Path
) -> None:
    account.share(console)
    before, written = shared(ssm), console.read_text()
    missing = [*KEYS, "domain-verification"]
    ssm.delete_parameters(Names=[f"{account.PARAMETER_PATH}/{name}" for name in missing])
    account.share(console)
    after = shared(ssm)
    assert set(after) == set(before)
    assert all(after[name] == before[name] for name in OF_WECHAT)
    assert console.read_text() == written


def test_a_later_run_changes_nothing(ssm: "SSMClient", console: Path) -> None:
    account.share(console)
    before = shared(ssm)
    account.share(console)
    assert shared(ssm) == before
