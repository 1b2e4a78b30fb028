"""docs/operations.md names the permissions that whoever is on call needs."""

import re
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient

from chalicelib.adapters.dynamodb import DynamoDbProfiles
from chalicelib.users.profiles import Profiles
from tests.ops.letters import bury
from tests.ops.operator import Operator
from tests.simulated import Side

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"
TYPED = (
    "dead-letters list",
    "dead-letters show aaaa",
    "dead-letters redrive aaaa --yes",
    "dead-letters drop bbbb --yes",
    "dead-letters redrive --all --yes",
    "secrets list",
    "secrets generate token --yes",
    "secrets roll-back token --yes",
    "user show oAlice",
    "user forget oAlice --yes",
    "menu show",
    "qrcode poster",
    "status",
)

NAMED = {
    "TransactWriteItems": "UpdateItem",
    "Invoke": "InvokeFunction",
    "monitoring": "cloudwatch",
}
"""Calls and services whose permission has another name."""


def documented(command: str) -> set[str]:
    """The permissions in a command's row."""
    row = re.search(rf"^\| `{command}` \|(.+)\|$", DOCUMENT.read_text(), re.MULTILINE)
    assert row, command
    return set(re.findall(r"`(\w+:\w+)`", row[1]))


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The calls of AWS that are made, as permissions name them."""
    found, call = set[str](), BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001

    def recorded(client: Any, operation: str, parameters: Any) -> Any:
        action = NAMED.get(operation, operation.removesuffix("Batch"))
        service = client.meta.service_model.signing_name
        if service != "sts":  # who asks may know who they are
            found.add(f"{NAMED.get(service, service)}:{action}")
        return call(client, operation, parameters)

    monkeypatch.setattr(BaseClient, "_make_api_call", recorded)
    return found


def test_each_command_needs_what_the_table_says(
    operator: Operator, side: Side, used: set[str]
) -> None:
    Profiles(DynamoDbProfiles(operator.target.settings.profiles_table)).bind("oAlice", "42", "a")
    for name in "ab":
        bury(operator, name * 64, f"oUser{name}")
    needed: dict[str, set[str]] = {}
    for words in TYPED:
        used.clear()
        result = operator.types(*words.split())
        assert result.exit_code == 0, result.output
        needed.setdefault(words.split()[0], set()).update(used)
    assert needed == {command: documented(command) for command in needed}
