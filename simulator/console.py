"""微信开发者平台: the account in a file, which is read for every push."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from .account import Account


class Console:
    """The account in the file `path`. `load` reads it, and may adapt it."""

    def __init__(self, path: Path, load: Callable[[], Account]) -> None:
        self.load = load
        self._path = path

    def save(self, **changes: Any) -> None:
        """Changes the named values, as an operator does on the platform's page."""
        replace(Account.load(self._path), **changes).save(self._path)
