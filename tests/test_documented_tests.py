"""The tests in the documents pass, each beside the recipe that it is for."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.documents import PROJECT
from tests.project import copy_to
from tests.recipes import (
    BLOCKS,
    HANDLERS,
    SHOWN,
    TESTING,
    USERS,
    add_tests,
    end_app,
    replace_handlers,
)

RECIPES = {
    "stores": "Keywords",
    "service": "The menu",
    "agent": "A human agent",
    "booking": "A conversation",
    "album": "Pictures, voice, files",
    "orders": "A slow answer",
    "relay": "Messages of your own",
    "invite": "WeChat's API",
    "followers": "Work of your own",
    "model": "A language model",
}
"""The file of each, and its heading; agents and conversations stand behind idempotent routes."""
TESTS = [
    block for block in BLOCKS.values() if (block.document, block.language) == (TESTING, "python")
]
SHOWN.update(TESTS)


def test_they_pass_as_tests_of_an_account_with_those_recipes(tmp_path: Path) -> None:
    copied = copy_to(tmp_path / "project")
    handlers = {name: BLOCKS[HANDLERS, heading, "python", 1] for name, heading in RECIPES.items()}
    replace_handlers(copied, **handlers)
    shutil.copy(PROJECT / "docs/recipes/completion.py", copied / "chalicelib" / "handlers")
    end_app(
        copied,
        *(BLOCKS[HANDLERS, each, "python", 1] for each in ("Pages of your own", "Schedules")),
        BLOCKS[HANDLERS, "Work of your own", "python", 2],
        BLOCKS[USERS, "Your own users", "python", 1],
    )
    folder = add_tests(copied, *TESTS)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    ran = subprocess.run(command, cwd=copied, capture_output=True, text=True, check=False)
    tests = sum(block.code.count("def test_") for block in TESTS)
    assert f"\n{tests} passed" in ran.stdout, ran.stdout
