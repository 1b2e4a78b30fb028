"""The schedules of app.py: which there are, and how one runs."""

import json
from asyncio.subprocess import STDOUT
from collections.abc import Callable, Mapping
from typing import Any

from simulator.language import Language

from . import programs
from .logs import ours

_PROGRAM = "simulator.schedules"
_STARTED = "process started"
"""The event of the line that says which release this is."""


class Schedules:
    """Asks `simulator.schedules`, a process of its own, in the backend's `environment`."""

    def __init__(self, environment: Callable[[], Mapping[str, str]]) -> None:
        self._environment = environment

    async def listed(self) -> dict[str, Any]:
        """The schedules, or the `problem` that prevents the answer."""
        ended = await programs.run(self._environment(), _PROGRAM)
        if ended.code:
            return {"schedules": [], "problem": "".join(ended.errors.strip().splitlines()[-1:])}
        return {"schedules": json.loads(ended.output.splitlines()[-1]), "problem": ""}

    async def run(self, name: str) -> dict[str, Any]:
        """Whether the schedule returned, and what it printed and logged, as a person reads it."""
        ended = await programs.run(self._environment(), _PROGRAM, name, errors=STDOUT)
        output = "".join(_told(line) for line in ended.output.splitlines(keepends=True))
        return {"returned": ended.code == 0, "output": output}


def _told(line: str) -> str:
    entry, tells = ours(line), Language.of().tells
    if not entry:
        return line
    if entry["event"] == _STARTED:
        return ""
    said = [tells(each) for each in (entry["event"], entry.get("reason")) if each]
    return "\n".join([" · ".join(said), *entry.get("cause", []), ""])
