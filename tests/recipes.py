"""Blocks of the documents put to work: in an account, in app.py, in a copy of the project."""

import importlib
import runpy
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from chalice.cli.factory import CLIFactory
from chalice.config import Config
from chalice.deploy.appgraph import ApplicationGraphBuilder
from chalice.deploy.models import ScheduledEvent

from chalicelib.router import Router, Routes
from tests import documents, project
from tests.documents import NAMES, PROJECT, Block
from tests.door import APP
from tests.kit import Account, OpenAccount
from tests.project import SAMPLE_ACCOUNT

FIRST_STEPS = "docs/first-steps.md"
HANDLERS = "docs/handlers.md"
TESTING = "docs/testing.md"
USERS = "docs/users.md"

BLOCKS = {
    (each.document, each.heading, each.language, each.number): each
    for name in NAMES
    for each in documents.blocks(name)
}
SHOWN: set[Block] = set()
"""The blocks that some test shows to be right."""


def shows(document: str, heading: str, *numbers: int) -> pytest.MarkDecorator:
    """Hands a test the Python blocks that it shows to be right: the first one, or these."""
    shown = [BLOCKS[document, heading, "python", number] for number in numbers or (1,)]
    SHOWN.update(shown)
    return pytest.mark.parametrize("block", shown, ids=str)


def recipe(name: str) -> ModuleType:
    """A file of docs/recipes, as it would be beside others in chalicelib/handlers/."""
    package = ModuleType("recipes")
    package.__path__ = [str(PROJECT / "docs" / "recipes")]
    sys.modules.setdefault(package.__name__, package)
    return importlib.import_module(f"{package.__name__}.{name}")


def account_with(open_account: OpenAccount, *routers: object) -> Account:
    """An account with only the handlers of some blocks' routers."""
    known = [each for each in routers if isinstance(each, Router)]
    assert len(known) == len(routers)
    return open_account(Routes(*known), APP)


def account_with_app(open_account: OpenAccount, names: dict[str, Any]) -> Account:
    """An account without handlers; its app.py defines these names."""
    return open_account(Routes(), names["app"])


@contextmanager
def handlers_beside(**routers: Block) -> Iterator[str]:
    """The name of a package: the sample account's handlers, and blocks as files beside them."""
    package = ModuleType("handlers_beside")
    package.__path__ = [str(SAMPLE_ACCOUNT / "handlers")]
    for name, block in routers.items():
        module = ModuleType(name)
        module.__dict__.update(block.run())
        setattr(package, name, module)
    with mock.patch.dict(sys.modules, {package.__name__: package}):
        yield package.__name__


def app_with(block: Block) -> dict[str, Any]:
    """The names of app.py with a block at its end."""
    return block.run(**runpy.run_path(str(SAMPLE_ACCOUNT / "app.py")))


def end_app(copied: Path, *blocks: Block) -> None:
    """Puts these blocks at the end of the app.py in a copy of the project."""
    with (copied / "app.py").open("a", encoding="utf-8") as app_file:
        app_file.writelines(f"\n\n{block.code}" for block in blocks)


def replace_handlers(copied: Path, **handlers: Block) -> None:
    """Makes these blocks all the handlers in a copy of the project, each a file."""
    routers = ", ".join(f"{name}.router" for name in handlers)
    project.save_handlers(
        copied,
        f"from chalicelib.router import Routes\n\nfrom . import {', '.join(sorted(handlers))}\n\n"
        f"routes = Routes({routers})\n",
    )
    for name, block in handlers.items():
        file = copied / "chalicelib" / "handlers" / f"{name}.py"
        file.write_text(block.code, encoding="utf-8")


def add_tests(copied: Path, *tests: Block) -> Path:
    """Makes these blocks the team's tests in a copy of the project; returns their folder."""
    others = shutil.ignore_patterns("test_*", "account")
    shutil.copytree(PROJECT / "tests", copied / "tests", ignore=others)
    shutil.copy(PROJECT / "pyproject.toml", copied)
    folder = copied / "tests" / "account"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for number, block in enumerate(tests):
        (folder / f"test_{number}.py").write_text(block.code, encoding="utf-8")
    return folder


def schedule_deployed(copied: Path) -> ScheduledEvent:
    """What Chalice would deploy of the schedule in the app.py of a copy."""
    read = CLIFactory(str(copied)).create_config_obj("dev")
    settings = Config(
        "dev",
        user_provided_params={
            "chalice_app": runpy.run_path(str(copied / "app.py"))["app"],
            "project_dir": str(copied),
        },
        config_from_disk=read.config_from_disk,
        default_params={"api_gateway_stage": "api"},
    )
    resources = ApplicationGraphBuilder().build(settings, "dev").resources
    return next(each for each in resources if isinstance(each, ScheduledEvent))
