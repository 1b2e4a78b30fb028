"""Checks the format of stored data, so that two releases can work side by side.

During a deploy, and after a rollback, one release meets what another wrote. So a release reads all
formats of the release before it. A new field has a default and needs no new format. A format gets
the next number only when the release before could not work with it; then one release reads it, and
the next one writes it. UPGRADING.md has the whole rule.
"""

from collections.abc import Mapping
from typing import Any

from .ports import Unavailable


class WrittenLater(Unavailable):
    """A later release wrote this; it waits until that release is deployed again."""


def check(kept: Mapping[str, Any], newest: int) -> None:
    """Raises WrittenLater when `kept` has a format after `newest`, the newest one known here."""
    if int(kept.get("format", 0)) > newest:
        raise WrittenLater("a later release of wechalice wrote this; deploy that release again")
