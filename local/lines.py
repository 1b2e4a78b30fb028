"""Our JSON lines as a person reads them in a terminal; what others print stays as it is.

20:15:03  TextMessage  parrot.answer  answered  3 ms
20:15:09  ERROR  a job failed  route=report.write  tries=1
          ValueError: no such city
            File "chalicelib/handlers/report.py", line 12, in write
"""

import json
import textwrap
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

LARGEST = 4_000_000
"""Characters that a log keeps, and as many again of what came before."""

_OURS = {"time", "level", "event", "Stage"}
_APART = {*_OURS, "cause", "write", "identity", "kind", "outcome", "cold"}
_INDENT = " " * 10


def kept(path: Path, largest: int = LARGEST) -> Callable[[str], str]:
    """`readable`, for lines that go into a log too, each behind the time at which it came.

    The log begins anew with each run; when it has grown to `largest`, an older one is dropped.
    """
    path.write_text("")
    path.with_suffix(".old").unlink(missing_ok=True)

    def keep(line: str) -> str:
        if path.stat().st_size > largest:
            path.replace(path.with_suffix(".old"))
        with path.open("a", errors="replace") as log:
            log.write(f"{time.time():.3f} {line}\n")
        return readable(line)

    return keep


def readable(line: str) -> str:
    """`line` in a few words when it is one of ours, else `line` itself."""
    try:
        entry = json.loads(line)
        if not isinstance(entry, dict) or not entry.keys() >= _OURS:
            return line
        clock = time.strftime("%H:%M:%S", time.localtime(entry["time"]))
        below = [*entry.get("cause", []), entry.get("write", "")]
        indented = [textwrap.indent(each, _INDENT) for each in below if each]
        return "\n".join([f"{clock}  {'  '.join(_words(entry))}", *indented])
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return line  # somebody else's, which only looks like ours


def _words(entry: Mapping[str, Any]) -> list[str]:
    problem = [] if entry["level"] == "INFO" else [entry["level"]]
    match entry["event"]:
        case "push":
            words = [entry["kind"], entry.get("route", "no route"), entry["outcome"]]
            return [*problem, *words, f"{entry['PushMilliseconds']:.0f} ms"]
        case "job":
            words = ["job", entry["route"], entry["outcome"]]
            return [*problem, *words, f"{entry['JobMilliseconds']:.0f} ms"]
        case event:
            # Fields of a line begin with a small letter, metrics with a capital.
            fields = {name: entry[name] for name in entry if name[0].islower()}
            said = [f"{name}={fields[name]}" for name in fields.keys() - _APART]
            return [*problem, event, *sorted(said)]
