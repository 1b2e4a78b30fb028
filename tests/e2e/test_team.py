"""A team makes the account its own, as README and cookbook say; no test of ours turns red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import PROJECT
from tests.recipes import BLOCKS, HANDLERS, TESTING, end_app, replace_handlers

RECIPES = {"orders": "A slow answer", "model": "A language model"}
"""What the account says instead of the start; the model asks for a secret of its own."""
OWN = ("Pages of your own", "Schedules")
TESTS = ("Pages", "Schedules", "Slow answers")
_PYTEST = "pytest --quiet -p no:cacheprovider --numprocesses 4 --dist loadfile"
CHECKS = (
    "ruff format --check",
    "ruff check",
    "mypy",
    "lint-imports --no-logo",
    # In two parts, because no test of ours may take more than ten minutes.
    f"{_PYTEST} tests/browser tests/ops tests/simulation",
    f"{_PYTEST} --ignore=tests/browser --ignore=tests/ops --ignore=tests/simulation",
)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This checkout in another folder, where a team has replaced all that is theirs."""
    clone = tmp_path_factory.mktemp("team") / "clone"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in files.rstrip("\0").split("\0"):
        if (PROJECT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, clone / name)
    handlers, tests = clone / "chalicelib" / "handlers", clone / "tests" / "account"
    for start in (*handlers.glob("*.py"), *tests.glob("test_*.py")):
        start.unlink()
    python = {key[:2]: block for key, block in BLOCKS.items() if key[2:] == ("python", 1)}
    replace_handlers(clone, **{name: python[HANDLERS, each] for name, each in RECIPES.items()})
    shutil.copy(PROJECT / "docs" / "recipes" / "completion.py", handlers)
    end_app(clone, *(python[HANDLERS, each] for each in OWN))
    for number, each in enumerate(TESTS):
        (tests / f"test_{number}.py").write_text(python[TESTING, each].code, encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "ops", "function", "add", "morning"], cwd=clone, check=True
    )
    return clone


@pytest.mark.parametrize("check", CHECKS)
def test_it_holds_afterwards(clone: Path, check: str) -> None:
    program, *options = check.split()
    command = [str(Path(sys.executable).with_name(program)), *options]
    environment = {name: each for name, each in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        command, cwd=clone, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
