"""`python3 -m local.install FILE MARK`: puts what a file names into .venv, and shows how far it is.

It runs before anything is installed, so all that it imports needs nothing but Python.
"""

import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterable
from pathlib import Path

from simulator.language import Language

VENV = Path(".venv")
CLEAR_LINE = "\r\033[K"


def main(requirements: str, mark: str) -> int:
    """Makes .venv if there is none. 1 if pip fails, whose words it then shows.

    The mark gets the time of the beginning: what is saved meanwhile is newer, so make sees it.
    """
    began = time.time()
    says = Language.of().says
    print(says("正在把 {file} 列出的依赖装进 {venv} ...", file=requirements, venv=VENV), flush=True)
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
            print(says("pip 没能全部安装，原因见上。"), file=sys.stderr)
            return 1
    Path(mark).touch()
    os.utime(mark, (began, began))
    print(says("安装完成，用时 {seconds:.0f} 秒。", seconds=time.time() - began))
    return 0


def _shown(lines: Iterable[str]) -> str:
    """All lines. On a terminal, the step that each begins stands in one line while it lasts."""
    said, found, says = [], 0, Language.of().says
    for line in lines:
        said.append(line)
        if line.startswith("Collecting "):
            found += 1
            name = line.split()[1].partition("=")[0]
            _show(says("  已找到 {number} 个，正在看 {name}", number=found, name=name))
        elif line.startswith("Installing collected packages"):
            _show(says("  正在安装 {number} 个", number=line.count(",") + 1))
    _show("")
    return "".join(said)


def _show(step: str) -> None:
    if sys.stdout.isatty():
        print(f"{CLEAR_LINE}{step}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
