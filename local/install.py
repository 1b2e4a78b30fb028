"""`python3 -m local.install FILE MARK`: puts what a file names into .venv, and shows how far it is.

It runs before anything is installed, so it needs nothing but Python.
"""

import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterable
from pathlib import Path

VENV = Path(".venv")
CLEAR_LINE = "\r\033[K"


def main(requirements: str, mark: str) -> int:
    """Makes .venv if there is none. 1 if pip fails, whose words it then shows.

    The mark gets the time of the beginning: what is saved meanwhile is newer, so make sees it.
    """
    began = time.time()
    print(f"Installing what {requirements} names into {VENV} ...", flush=True)
    if not (VENV / "bin" / "pip").exists():
        venv.create(VENV, clear=True, with_pip=True)
    pip_install = [str(VENV / "bin" / "pip"), "install", "--disable-pip-version-check"]
    with (
        (VENV / "pip.log").open("w+", encoding="utf-8") as log,
        subprocess.Popen(
            [*pip_install, "--no-color", "--progress-bar", "off", "-r", requirements],
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
        ) as pip,
    ):
        assert pip.stdout  # noqa: S101 - a pipe, as asked
        said = _shown(pip.stdout)
        if pip.wait():
            log.seek(0)
            sys.stderr.write(said + log.read())
            print("pip could not install everything; see above.", file=sys.stderr)
            return 1
    Path(mark).touch()
    os.utime(mark, (began, began))
    print(f"Installed in {time.time() - began:.0f} s.")
    return 0


def _shown(lines: Iterable[str]) -> str:
    """All lines. On a terminal, the step that each begins stands in one line while it lasts."""
    said, found = [], 0
    for line in lines:
        said.append(line)
        if line.startswith("Collecting "):
            found += 1
            _show(f"  {found} found, now {line.split()[1].partition('=')[0]}")
        elif line.startswith("Installing collected packages"):
            _show(f"  {line.count(',') + 1} to install")
    _show("")
    return "".join(said)


def _show(step: str) -> None:
    if sys.stdout.isatty():
        print(f"{CLEAR_LINE}{step}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
