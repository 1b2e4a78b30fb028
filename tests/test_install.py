"""`make run` installs what a file names, and says what went wrong where it cannot."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import PROJECT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For one environment, which takes longer to make than all that is installed into it."""
    return tmp_path_factory.mktemp("installed")


def installed(folder: Path, requirements: str) -> subprocess.CompletedProcess[str]:
    """The installation of these requirements in a folder, without a network.

    Until it ends, pip writes into the file `meanwhile`.
    """
    (folder / "requirements-run.txt").write_text(requirements, encoding="utf-8")
    command = [sys.executable, "-m", "local.install", "requirements-run.txt", ".venv/.run"]
    log = str(folder / "meanwhile")
    environment = {"PYTHONPATH": str(PROJECT), "PIP_NO_INDEX": "1", "PIP_LOG": log}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


def test_an_installation_that_fails_shows_pips_words_and_can_be_made_again(folder: Path) -> None:
    failed = installed(folder, "no-library-of-this-name\n")
    assert failed.returncode == 1
    assert "No matching distribution found for no-library-of-this-name" in failed.stderr
    assert failed.stderr.endswith("pip could not install everything; see above.\n")
    again = installed(folder, "pip\n")
    assert again.returncode == 0
    began, ended = again.stdout.splitlines()
    assert began == "Installing what requirements-run.txt names into .venv ..."
    assert ended.startswith("Installed in ")


def test_a_file_saved_while_it_is_installed_is_newer_than_the_mark(folder: Path) -> None:
    mark = folder / ".venv" / ".run"
    mark.unlink(missing_ok=True)
    installed(folder, "pip\n")
    assert mark.stat().st_mtime < (folder / "meanwhile").stat().st_mtime
