"""The tests in the documents pass, each beside the recipe that it is for."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chalicelib.router import Routes
from tests import documents
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
ORDERS = [
    " ".join(re.findall(r"(\w+)\.router", span))
    for span in documents.code_spans(HANDLERS)
    if span.startswith("routes = Routes(")
]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project whose account is made of the recipes, with the tests beside them."""
    copied = copy_to(tmp_path_factory.mktemp("documented") / "project")
    handlers = {name: BLOCKS[HANDLERS, heading, "python", 1] for name, heading in RECIPES.items()}
    replace_handlers(copied, **handlers)
    folder = copied / "chalicelib" / "handlers"
    shutil.copy(PROJECT / "docs/recipes/completion.py", folder)
    pictures = BLOCKS[HANDLERS, "Files into S3", "python", 1]
    (folder / "pictures.py").write_text(pictures.code, encoding="utf-8")
    end_app(
        copied,
        *(BLOCKS[HANDLERS, each, "python", 1] for each in ("Pages of your own", "Schedules")),
        BLOCKS[HANDLERS, "Work of your own", "python", 2],
        BLOCKS[USERS, "Your own users", "python", 1],
    )
    add_tests(copied, *TESTS)
    return copied


def test_they_pass_as_tests_of_an_account_with_those_recipes(account: Path) -> None:
    ran = python(account, "pytest", "-q", "-p", "no:cacheprovider", "tests/account")
    tests = sum(block.code.count("def test_") for block in TESTS)
    assert f"\n{tests} passed" in ran.stdout, ran.stdout


def test_recipes_and_tests_beside_each_other_are_taken_by_the_linter(account: Path) -> None:
    files = ("app.py", "chalicelib/handlers", "tests/account")
    ran = python(account, "ruff", "check", "--ignore=E501", *files)  # routers stand in one line
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("order", ORDERS)
def test_an_order_of_routers_that_the_cookbook_names_is_one_that_loads(order: str) -> None:
    blocks = [BLOCKS[HANDLERS, RECIPES[name], "python", 1] for name in order.split()]
    routers: list[Any] = [block.run()["router"] for block in blocks]
    assert len(list(Routes(*routers))) > len(routers)


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
