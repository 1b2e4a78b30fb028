"""`make rehearse` for real, until it says how to deploy; `tests/e2e` deploys to such an AWS."""

import signal
import subprocess
import sys
from pathlib import Path

import httpx

from local import ports
from simulator.account import Account
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
        folder = machine.project / ".local" / "rehearsal"
        account = Account.load(folder / ".local" / "console.json")
        words = told.read_text()
        assert f"cd {folder}\n" in words
        assert f"AWS_ENDPOINT_URL=http://localhost:{aws} " in words
        assert account.app_id in words
        assert httpx.get(f"http://127.0.0.1:{phone}", timeout=PATIENCE).is_success
        unsigned = httpx.post(f"http://127.0.0.1:{aws}/_ministack/reset", timeout=PATIENCE)
        assert unsigned.status_code == 403
    finally:
        assert end(rehearsal, signal.SIGINT) == 0
    assert machine.processes() == []
