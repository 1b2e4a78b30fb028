"""A process that cannot say why it ended: `status` and `doctor` read it in Lambda's own words."""

import time

import pytest

from ops import crashes, logs
from tests.backends import Answer, backend
from tests.ops.doctor import examine
from tests.ops.letters import write
from tests.ops.operator import Operator
from tests.simulated import Side

UNLOADED = (
    "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No module named 'maps'\n"
    "Traceback (most recent call last):"
)
WHY = "Unable to import module 'app': No module named 'maps'"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (UNLOADED, WHY),
        ("[ERROR] ValueError: a user wrote this\nTraceback (most recent call last):", "ValueError"),
        ("2026-11-29T02:10:00.000Z 1f2e Task timed out after 29.00 seconds\n", "after 29.00"),
        ("RequestId: 1f2e Error: Runtime exited with error: signal: killed", "signal: killed"),
    ],
)
def test_lambda_says_why_a_process_ended(line: str, why: str) -> None:
    assert crashes.reason(line).endswith((why, f"{why} seconds"))


@pytest.mark.parametrize("line", ["START RequestId: 1f2e Version: $LATEST", "[INFO] all is well"])
def test_other_lines_say_nothing_of_it(line: str) -> None:
    assert not crashes.reason(line)


def test_status_and_doctor_say_that_the_door_cannot_be_loaded_and_how_to_go_back(
    operator: Operator, side: Side
) -> None:
    door, *_ = logs.groups(operator.target)
    write(door, UNLOADED, time.time())
    (error,) = operator.reads("status")["errors"]
    assert (error["event"], error["reason"]) == (crashes.ENDED, WHY)
    with backend(Answer('{"message": "Internal server error"}', 502)) as running:
        (found,) = examine(operator, running)["url"]
    assert WHY in found["do"]
    assert f"python -m ops deploy --stage {operator.stage} --previous" in found["do"]
