"""What a deploy fixes of what somebody has broken by hand, by the table in docs/operations.md."""

import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest

from local.cloud import domain
from ops.target import Target
from tests import breaks
from tests.broken import rows
from tests.e2e.deployment import Deployment, somebody
from tests.patience import wait_until


@pytest.mark.parametrize("group", breaks.BY_DEPLOY)
def test_a_deploy_fixes_what_was_broken_and_jobs_are_done_again(
    deployment: Deployment, group: Mapping[str, Callable[[Target], None]]
) -> None:
    target = Target(deployment.stage, deployment.project)
    for each in group.values():
        each(target)
    told = [rows()[row].of(deployment.stage).says for row in group]
    report = examined(deployment)
    assert [each for each in told if each not in report.stdout] == []
    assert report.returncode == 1
    deployment.ops("deploy")
    domain.lead_to(deployment.api())
    report = examined(deployment)
    assert [each for each in told if each in report.stdout] == []
    assert report.returncode == 0, report.stdout
    user = somebody()
    assert deployment.write("slow", user).reply == "a moment"
    wait_until(lambda: deployment.heard(user) == ["slow"])


def examined(deployment: Deployment) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "ops", "doctor", "--stage", deployment.stage]
    return subprocess.run(
        command, check=False, cwd=deployment.project, capture_output=True, text=True
    )
