"""A stage on which pushes are expected raises an alarm when none come."""

import boto3
import pytest

from ops import quiet
from ops.target import read_config, write_config
from tests.ops.operator import Operator


def expect_pushes(operator: Operator, hours: object) -> None:
    file = operator.target.config_file
    config = read_config(file)
    config["stages"][operator.stage][quiet.SETTING] = hours
    write_config(file, config)


def evaluated_hours(operator: Operator) -> list[int]:
    name = f"{operator.target.stack}-no-pushes"
    found = boto3.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return [each["EvaluationPeriods"] for each in found]


def test_it_waits_as_long_as_the_stage_says_and_can_be_switched_off(operator: Operator) -> None:
    up = ("up", "--yes", "--fixed-exit", "none")
    operator.types(*up)
    assert evaluated_hours(operator) == [1]
    expect_pushes(operator, 9)
    operator.types(*up)
    assert evaluated_hours(operator) == [9]
    expect_pushes(operator, 0)
    operator.types(*up)
    assert evaluated_hours(operator) == []


@pytest.mark.parametrize("hours", ["1", -1, 25, 0.5, True, None])
def test_what_is_no_number_of_hours_is_refused(operator: Operator, hours: object) -> None:
    expect_pushes(operator, hours)
    result = operator.types("up", "--yes", "--fixed-exit", "none")
    assert result.exit_code == 1
    assert "a number of hours up to 24, or 0 for no alarm" in " ".join(result.stderr.split())
    assert operator.stack_status() is None
