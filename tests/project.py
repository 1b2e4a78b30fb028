"""A copy of the project with handlers of its own, for tests that run it as a whole."""

import shutil
from pathlib import Path

_PROJECT = Path(__file__).parent.parent
_SHIPPED = [".chalice", "chalicelib", "local", "ops", "simulator"]


def copy_to(project: Path) -> Path:
    """Copies what runs; handlers are still to be saved."""
    ignored = shutil.ignore_patterns("handlers", "__pycache__", "deployed", "deployments")
    for name in _SHIPPED:
        shutil.copytree(_PROJECT / name, project / name, ignore=ignored)
    shutil.copy(_PROJECT / "app.py", project)
    return project


def save_handlers(project: Path, code: str) -> None:
    """As editors do it: the file is replaced."""
    handlers = project / "chalicelib" / "handlers"
    handlers.mkdir(exist_ok=True)
    new = project / "new"  # where nobody watches, for a save is one change
    new.write_text(code)
    new.replace(handlers / "__init__.py")


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
