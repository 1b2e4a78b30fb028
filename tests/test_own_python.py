"""Commands that are pasted as a log tells them, where another Python is called `python`."""

import subprocess
import sys

import pytest

from tests.project import PROJECT


@pytest.mark.parametrize("module", ["ops", "simulator"])
def test_a_python_without_the_packages_tells_how_to_run_the_command(module: str) -> None:
    without_packages = [sys.executable, "-S", "-m", module]
    ended = subprocess.run(
        [*without_packages, "say", "it's me"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "lacks a package" in ended.stderr
    command = f".venv/bin/python -m {module} say 'it'\"'\"'s me'\n"
    assert ended.stderr.endswith(command)
