"""The real `chalice`, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile

from . import terminal
from .errors import Failed
from .target import Target

_PROGRAM = "import sys; from chalice.cli import main; sys.exit(main())"
_LAST_LINES = 15


def run(target: Target, verb: str, environment: Mapping[str, str] | None = None) -> None:
    """`chalice deploy` or `chalice delete`, telling what it tells. Raises Failed."""
    command = [sys.executable, "-c", _PROGRAM, "--project-dir", str(target.project)]
    with TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [*command, verb, "--stage", target.stage],
            cwd=target.project,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with process:
            for line in process.stdout or ():
                # Which is the one that was made just before, whatever it says.
                if line.strip() and "Reusing existing deployment package" not in line:
                    terminal.note(f"chalice: {line.strip()}")
        if process.returncode:
            errors.seek(0)
            raise Failed(
                f"`chalice {verb}` did not get through: {_said(errors.read(), target.project)}\n"
                "What it has done stays. Mend that and run the same command again: it goes on."
            )


def _said(errors: str, project: Path) -> str:
    """What went wrong, of all that it prints then."""
    _, _, told = errors.rpartition("ChaliceDeploymentError: ")
    lines = (told or errors).replace(f"{project}{os.sep}", "").strip().splitlines()
    return "\n".join(lines[-_LAST_LINES:])
