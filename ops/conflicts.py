"""Conflicts in `.chalice/` where a merge has stopped: git merges lines, this merges settings.

A release may change a default that a team has changed, too. The team's value stays.
"""

import json
import subprocess
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

from .errors import Failed
from .target import write_config
from .upgrades import Change


class _Setting(Enum):
    """What stands for a setting that a file does not have."""

    ABSENT = "absent"


_ABSENT = _Setting.ABSENT


def resolve(project: Path) -> list[Change]:
    """Resolves them, and returns what it wrote: a line with `=` for each value that stays.

    Leaves a file alone that is JSON, because somebody has resolved it. Raises Failed.
    """
    files = sorted((project / ".chalice").glob("*.json"))
    stopped = [file for file in files if not _is_json(file)]
    if not stopped or not _git(project, "rev-parse", "--verify", "--quiet", "MERGE_HEAD"):
        return []
    changes = [change for file in stopped for change in _resolved(file)]
    for change in changes:
        write_config(change.file, change.content)
    return changes


def _is_json(file: Path) -> bool:
    try:
        json.loads(file.read_text())
    except ValueError:
        return False
    return True


def _resolved(file: Path) -> Iterator[Change]:
    before, team, release = (_version(file, number) for number in (1, 2, 3))
    if team is _ABSENT or release is _ABSENT:
        return
    kept: list[str] = []
    if file.name == "config.json":
        team = _merged(before, team, release, (), kept)
    # Any other file is a policy; `upgrade` writes the framework's statements into it after this.
    yield Change(file, team, [f"~ {file.name}: conflicts resolved", *kept])


def _version(file: Path, number: int) -> Any:
    """The file before both changed it (1), as the team has it (2), as the release does (3)."""
    content = _git(file.parent, "show", f":{number}:./{file.name}")
    try:
        return json.loads(content) if content else _ABSENT
    except ValueError as error:
        raise Failed(f"{file} is not JSON in one of the merged commits: {error}.") from None


def _git(folder: Path, *words: str) -> str:
    """What git prints; nothing if it fails or is not there."""
    try:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.decode()


def _merged(before: Any, team: Any, release: Any, path: tuple[str, ...], kept: list[str]) -> Any:
    """The value of a setting; `kept` gets a line where both have changed it."""
    if isinstance(team, dict) and isinstance(release, dict):
        old = before if isinstance(before, dict) else {}
        values = {
            each: _merged(
                old.get(each, _ABSENT),
                team.get(each, _ABSENT),
                release.get(each, _ABSENT),
                (*path, each),
                kept,
            )
            for each in {**team, **release}
        }
        return {name: value for name, value in values.items() if value is not _ABSENT}
    if team == before:
        return release
    if release not in (before, team):
        kept.append(f"= {': '.join(path)} = {_shown(team)}; the release has {_shown(release)}")
    return team


def _shown(value: Any) -> str:
    return "nothing" if value is _ABSENT else json.dumps(value, ensure_ascii=False)
