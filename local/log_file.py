"""The logs that `make run` keeps of the backend and the worker, in `.local/`."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ops import frames
from ops.log_lines import Words, readable
from simulator.language import Language
from simulator.sentences import entries, in_chinese, raised_in_chinese

LARGEST = 4_000_000
"""The most characters in a log file; one older file of the same size is kept beside it."""


def kept(path: Path, largest: int = LARGEST) -> Callable[[str], str]:
    """A function that writes each line to the log at `path` and returns it as a person reads it.

    That is in the language of the environment, with the frames of the team's code. The log is in
    English, and each line follows the time at which it came. Each run starts a new log. A log that
    has grown to `largest` becomes the older file, in place of the one before.
    """
    path.write_text("")
    path.with_suffix(".old").unlink(missing_ok=True)
    is_chinese = Language.of() is Language.CHINESE
    told, words = (_causes, _chinese()) if is_chinese else (frames.shown, Words())

    def keep(line: str) -> str:
        if path.stat().st_size > largest:
            path.replace(path.with_suffix(".old"))
        with path.open("a", errors="replace") as log:
            log.write(f"{time.time():.3f} {line}\n")
        return readable(line, told, words)

    return keep


def _chinese() -> Words:
    """Those of the phone's page."""
    return Words(
        event=in_chinese,
        sentence=in_chinese,
        levels={"WARNING": "警告", "ERROR": "错误"},
        pushes=entries("zh_wire.js", "pushOutcomes: {"),
        jobs=entries("zh_wire.js", "jobOutcomes: {"),
        job="任务",
        own_message="主动发送的消息",
        no_route="无路由",
        milliseconds="毫秒",
    )


def _causes(cause: Sequence[str]) -> list[str]:
    return [raised_in_chinese(each) for each in frames.shown(cause)]
