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
from dataclasses import dataclass, field
from typing import Any

from chalicelib.delivery.jobs import OWN_MESSAGE

from . import reasons

_OURS = {"time", "level", "event", "Stage"}
_APART = {*_OURS, "cause", "write", "identity", "kind", "outcome", "cold"}
_INDENT = " " * 10


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language; levels and outcomes that it does not name stay as they are."""

    event: Callable[[str], str] = str
    sentence: Callable[[str], str] = reasons.in_words
    levels: Mapping[str, str] = field(default_factory=dict)
    pushes: Mapping[str, str] = field(default_factory=dict)
    jobs: Mapping[str, str] = field(default_factory=dict)
    job: str = "job"
    own_message: str = "a message of your own"
    no_route: str = "no route"
    milliseconds: str = "ms"


_ENGLISH = Words()


def readable(
    line: str,
    told: Callable[[Sequence[str]], Sequence[str]] = list,
    words: Words = _ENGLISH,
) -> str:
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
        return "\n".join([f"{clock}  {'  '.join(_words(entry, words))}", *indented])
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return line  # it only looks like one of ours


def _words(entry: Mapping[str, Any], words: Words) -> list[str]:
    level, outcome = entry["level"], entry.get("outcome", "")
    problem = [] if level == "INFO" else [words.levels.get(level, level)]
    match entry["event"]:
        case "push":
            told = [entry["kind"], entry.get("route", words.no_route)]
            took = f"{entry['PushMilliseconds']:.0f} {words.milliseconds}"
            return [*problem, *told, words.pushes.get(outcome, outcome), took]
        case "job":
            told = [words.job, _work(entry, words), words.jobs.get(outcome, outcome)]
            return [*problem, *told, f"{entry['JobMilliseconds']:.0f} {words.milliseconds}"]
        case event:
            # The names of fields begin with a small letter, those of metrics with a capital.
            fields = {name: entry[name] for name in entry if name[0].islower()}
            others = [
                f"{name}={_value(name, fields[name], words)}" for name in fields.keys() - _APART
            ]
            return [*problem, words.event(event), *sorted(others)]


def _value(name: str, value: Any, words: Words) -> str:
    match name:
        case "reason" | "problem" | "advice":
            return words.sentence(str(value))
        case "reasons":
            return ", ".join(f"{words.sentence(each)} ({value[each]})" for each in value)
        case _:
            return str(value)


def _work(entry: Mapping[str, Any], words: Words) -> str:
    """What a job is about: its route, or a message of our own, which has none."""
    if entry["route"] == OWN_MESSAGE:
        return f"{words.own_message} ({entry['kind']})"
    return str(entry["route"])
