"""Clones of this repository, in which tests do what a team does."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
_RELEASE = re.compile(r'^__version__ = "(\d+\.\d+\.\d+)"$', re.MULTILINE)
_VERSION_FILE = "chalicelib/__init__.py"
_NAME = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "a team"), ("EMAIL", "team@example.com"))
}
_INCOMPLETE = (
    "This repository has no commit of a release, so nothing can be merged into it. "
    "Fetch its history: git fetch --unshallow"
)


def today() -> str:
    """The commit of the working tree as it stands, changes that are not committed included."""
    return _git(PROJECT, "stash", "create") or _git(PROJECT, "rev-parse", "HEAD")


def latest_release(version: str = "") -> str:
    """The newest commit of a released version, or of this one; fails the test without any."""
    for commit in _git(PROJECT, "log", "--format=%H", "--", _VERSION_FILE).split():
        found = _RELEASE.search(_git(PROJECT, "show", f"{commit}:{_VERSION_FILE}"))
        if found and version in ("", found[1]):
            return commit
    pytest.fail(_INCOMPLETE)


@dataclass(frozen=True)
class Clone:
    """A team's clone; its commands run with the packages of this environment."""

    folder: Path

    @classmethod
    def of(cls, commit: str, folder: Path) -> "Clone":
        _git(PROJECT, "clone", "--quiet", "--shared", "--no-checkout", str(PROJECT), str(folder))
        clone = cls(folder)
        clone.git("checkout", "--quiet", "-b", "team", commit)
        (folder / ".venv").symlink_to(BIN.parent)
        return clone

    def git(self, *words: str) -> str:
        return _git(self.folder, *words)

    def merges(self, commit: str) -> list[str]:
        """Merges it, and returns the files in which there are conflicts."""
        merged = _run(self.folder, "merge", "--quiet", "--no-edit", commit)
        conflicts = self.git("diff", "--name-only", "--diff-filter=U").split()
        assert conflicts or merged.returncode == 0, merged.stderr
        return conflicts

    def commit(self, message: str) -> None:
        self.git("add", "--all", ".", ":!.venv")
        self.git("commit", "--quiet", "--message", message)

    def write(self, path: str, content: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")

    def append(self, path: str, content: str) -> None:
        file = self.folder / path
        file.write_text(file.read_text(encoding="utf-8") + content, encoding="utf-8")

    def replace(self, path: str, before: str, after: str) -> None:
        file = self.folder / path
        content = file.read_text(encoding="utf-8")
        assert before in content, f"{path} has no {before!r}"
        file.write_text(content.replace(before, after, 1), encoding="utf-8")

    def runs(self, program: str, *words: str) -> str:
        """What a program of the environment prints, which must end well."""
        done = subprocess.run(
            [str(BIN / program), *words],
            cwd=self.folder,
            env=_without_pytest(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{program} {' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout


def _git(folder: Path, *words: str) -> str:
    done = _run(folder, *words)
    assert done.returncode == 0, f"git {' '.join(words)}\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **_NAME},
        capture_output=True,
        text=True,
        check=False,
    )


def _without_pytest() -> dict[str, str]:
    """This environment, without what this run of pytest has put there."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
