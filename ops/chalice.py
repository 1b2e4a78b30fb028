"""The real `chalice`, in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryFile

from . import terminal
from .errors import Failed, lacking, named_permission
from .target import Target

_PROGRAM = "import sys; from chalice.cli import main; sys.exit(main())"
_FUNCTIONS = "ops.app_functions"
_LAST_LINES = 15
_PROJECT = Path(__file__).parent.parent


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
                    terminal.show(f"chalice: {line.strip()}")
        if process.returncode:
            errors.seek(0)
            raise Failed(
                f"{_failure(verb, _reason(errors.read(), target.project))}\n"
                "What was done stays. Fix that and run the same command again: it continues."
            )


def _failure(verb: str, reason: str) -> str:
    permission = named_permission(" ".join(reason.split()))  # Chalice wraps lines
    return lacking(permission) if permission else f"`chalice {verb}` failed: {reason}"


def functions(target: Target) -> list[str]:
    """The functions of app.py, as Chalice finds them. Raises Failed."""
    path = [str(_PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])]
    done = subprocess.run(
        [sys.executable, "-m", _FUNCTIONS, str(target.project), target.stage],
        cwd=target.project,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed(f"app.py cannot be loaded: {_reason(done.stderr, target.project)}")
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


def _reason(errors: str, project: Path) -> str:
    """The lines that say what went wrong."""
    _, _, error = errors.rpartition("ChaliceDeploymentError: ")
    lines = (error or errors).replace(f"{project}{os.sep}", "").strip().splitlines()
    return "\n".join(lines[-_LAST_LINES:])
