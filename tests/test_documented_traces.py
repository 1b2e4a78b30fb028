"""What docs/operations.md says of traces is what Chalice and our policies take."""

import json
from typing import Any

import boto3
from chalice.config import Config

from ops import policies
from tests.recipes import BLOCKS

OPERATIONS = "docs/operations.md"


def block(number: int) -> Any:
    return json.loads(BLOCKS[OPERATIONS, "Traces", "json", number].code)


def test_the_permission_is_the_teams_own_and_exists() -> None:
    statement = block(1)
    assert policies.is_own(statement)
    calls = boto3.client("xray", region_name="us-east-1").meta.service_model.operation_names
    assert {each.removeprefix("xray:") for each in statement["Action"]} <= {*calls}


def test_the_setting_is_one_that_chalice_knows_for_a_single_stage() -> None:
    for stage, enabled in (("prod", True), ("dev", False)):
        assert bool(Config(stage, config_from_disk=block(2)).xray_enabled) is enabled
