"""Our JSON log lines as a person reads them in a terminal; other lines stay as they are.

20:15:03  TextMessage  parrot.answer  answered  3 ms
20:15:09  ERROR  a job failed  route=report.write  tries=1
          ValueError: no such city
            File "chalicelib/handlers/report.py", line 12, in write
"""

import json
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.delivery.jobs import OWN_MESSAGE

from . import reasons

_OURS = {"time", "level", "event", "Stage"}
_APART = {*_OURS, "cause", "write", "identity", "kind", "outcome", "cold"}
_INDENT = " " * 10


def readable(line: str, told: Callable[[Sequence[str]], Sequence[str]] = list) -> str:
    """`line` in a few words if it is one of ours, else `line` itself.

    `told` says what to tell of a cause; otherwise it is all of it.
    """
    try:
        entry = json.loads(line)
        if not isinstance(entry, dict) or not entry.keys() >= _OURS:
            return line
        clock = time.strftime("%H:%M:%S", time.localtime(entry["time"]))
        below = [*told(entry.get("cause", [])), entry.get("write", "")]
        indented = [textwrap.indent(each, _INDENT) for each in below if each]
        return "\n".join([f"{clock}  {'  '.join(_words(entry))}", *indented])
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return line  # it only looks like one of ours


def _words(entry: Mapping[str, Any]) -> list[str]:
    problem = [] if entry["level"] == "INFO" else [entry["level"]]
    match entry["event"]:
        case "push":
            words = [entry["kind"], entry.get("route", "no route"), entry["outcome"]]
            return [*problem, *words, f"{entry['PushMilliseconds']:.0f} ms"]
        case "job":
            words = ["job", _work(entry), entry["outcome"]]
            return [*problem, *words, f"{entry['JobMilliseconds']:.0f} ms"]
        case event:
            # The names of fields begin with a small letter, those of metrics with a capital.
            fields = {name: entry[name] for name in entry if name[0].islower()}
            others = [f"{name}={_value(name, fields[name])}" for name in fields.keys() - _APART]
            return [*problem, event, *sorted(others)]


def _value(name: str, value: Any) -> str:
    match name:
        case "reason":
            return reasons.in_words(str(value))
        case "reasons":
            return ", ".join(f"{reasons.in_words(each)} ({value[each]})" for each in value)
        case _:
            return str(value)


def _work(entry: Mapping[str, Any]) -> str:
    """What a job is about: its route, or a message of our own, which has none."""
    if entry["route"] == OWN_MESSAGE:
        return f"a message of your own ({entry['kind']})"
    return str(entry["route"])
