"""A copy of the project with the sample account in it, for tests that run it as a whole."""

import atexit
import json
import os
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from ops import upgrades
from ops.target import Target

PROJECT = Path(__file__).parent.parent
HANDLERS = PROJECT / "chalicelib" / "handlers"
"""The team's."""
SAMPLE_ACCOUNT = Path(__file__).parent / "sample_account"
CONFIG = SAMPLE_ACCOUNT / "config.json"
STAGES: list[str] = list(json.loads(CONFIG.read_text())["stages"])
"""The sample account's."""
_SHIPPED = ["chalicelib", "local", "ops", "simulator"]


def copy_to(project: Path) -> Path:
    """Copies what runs; the sample account stands where the team's own would.

    Bytecode that is there comes along, because each process would compile everything again.
    """
    passing = shutil.ignore_patterns("handlers", "*.pyc.*")  # which are just being written
    for name in _SHIPPED:
        shutil.copytree(PROJECT / name, project / name, ignore=passing)
    for file in ("app.py", "requirements.txt"):
        shutil.copy(SAMPLE_ACCOUNT / file, project)
    handlers = project / "chalicelib" / "handlers"
    shutil.copytree(
        SAMPLE_ACCOUNT / "handlers", handlers, ignore=shutil.ignore_patterns("__pycache__")
    )
    configure(project)
    return project


def configure(project: Path) -> None:
    """Gives it the sample account's configuration, completed as `python -m ops upgrade` does it."""
    folder = project / ".chalice"
    folder.mkdir()
    shutil.copy(CONFIG, folder)
    for stage in STAGES:
        upgrades.complete(Target(stage, project))


@cache
def sample_project() -> Path:
    """A copy for tests that change nothing in it."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    return copy_to(folder / "project")


def save_handlers(project: Path, code: str) -> None:
    """Lets `code` alone say what the account says, saved as editors do it: in one replacement.

    All saves are of one second, so bytecode that Python keeps by second and size is found out.
    """
    new = project / "new"  # where nobody watches
    new.write_text(code)
    os.utime(new, (0, 0))
    new.replace(project / "chalicelib" / "handlers" / "__init__.py")


ROUTES = """
import re

from chalicelib.router import Context, Router, Routes
from chalicelib.wechat.messages import ClickEvent, Message, TextMessage
from chalicelib.wechat.replies import Reply, Text

router = Router("test")

@router.on(ClickEvent, event_key="CONTACT", idempotent=True)
def contact(event: ClickEvent, ctx: Context) -> Reply: ...

@router.on(TextMessage, content=re.compile("help|[?]"), idempotent=True)
def usage(message: TextMessage, ctx: Context) -> Reply: ...

@router.on(TextMessage, content="news", slow=True)
def news(message: TextMessage, ctx: Context) -> Reply: ...

@router.on(Message)
def others(message: Message, ctx: Context) -> Reply: ...

routes = Routes(router)
"""
"""Handlers of each kind, to be asked which of them answers."""
