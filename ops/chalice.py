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
    """Runs `chalice deploy` or `chalice delete` and shows its output. Raises Failed."""
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
                # This line is about the zip that was made just before.
                if line.strip() and "Reusing existing deployment package" not in line:
                    terminal.note(f"chalice: {line.strip()}")
        if process.returncode:
            errors.seek(0)
            raise Failed(
                f"`chalice {verb}` failed: {_reason(errors.read(), target.project)}\n"
                "What it has done stays. Fix that and run the same command again: it continues."
            )


def _reason(errors: str, project: Path) -> str:
    """The lines that say what went wrong."""
    _, _, error = errors.rpartition("ChaliceDeploymentError: ")
    lines = (error or errors).replace(f"{project}{os.sep}", "").strip().splitlines()
    return "\n".join(lines[-_LAST_LINES:])
