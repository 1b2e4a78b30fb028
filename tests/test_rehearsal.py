"""`make rehearse` for real, until it says how to deploy; `tests/e2e` deploys to such an AWS."""

import platform
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from chalice.cli.factory import CLIFactory

from local import ports
from local.cloud.stage import architecture
from local.rehearsal import folder
from simulator.account import Account
from tests import project
from tests.machine import Machine, end
from tests.patience import PATIENCE, eventually


def test_it_says_how_to_deploy_and_leaves_nothing_running(machine: Machine, tmp_path: Path) -> None:
    told = tmp_path / "told"
    aws, phone = ports.free(), ports.free()
    options = ["--aws-port", str(aws), "--phone-port", str(phone)]
    with told.open("wb") as output:
        rehearsal = subprocess.Popen(
            [sys.executable, "-m", "local.rehearsal", *options],
            cwd=machine.project,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        assert eventually(lambda: "Ctrl-C" in told.read_text() or rehearsal.poll() is not None)
        assert rehearsal.poll() is None, told.read_text()
        made = machine.project / ".local" / "rehearsal"
        account = Account.load(made / ".local" / "console.json")
        words = told.read_text()
        assert f"cd {made}\n" in words
        assert f"AWS_ENDPOINT_URL=http://localhost:{aws} " in words
        assert account.app_id in words
        assert httpx.get(f"http://127.0.0.1:{phone}", timeout=PATIENCE).is_success
        unsigned = httpx.post(f"http://127.0.0.1:{aws}/_ministack/reset", timeout=PATIENCE)
        assert unsigned.status_code == 403
    finally:
        assert end(rehearsal, signal.SIGINT) == 0
    assert machine.processes() == []


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_every_stage_runs_on_this_machine_and_calls_the_wechat_that_is_here(
    stage: str, tmp_path: Path
) -> None:
    copied = project.copy_to(tmp_path / "project")
    folder.make(tmp_path / "rehearsal", copied, "http://127.0.0.1:4566", 8080)
    found = CLIFactory(str(tmp_path / "rehearsal")).create_config_obj(stage)
    assert found.lambda_architecture == architecture(platform.machine())
    assert found.environment_variables["WECHAT_API_URL"] == "http://127.0.0.1:8080"
    assert found.environment_variables["WECHAT_OPEN_URL"] == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("machine", "name"),
    [("x86_64", "x86_64"), ("AMD64", "x86_64"), ("aarch64", "arm64"), ("arm64", "arm64")],
)
def test_a_machine_is_known_by_each_of_its_names(machine: str, name: str) -> None:
    assert architecture(machine) == name
