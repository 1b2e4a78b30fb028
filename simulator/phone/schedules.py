"""The schedules of app.py: which there are, and how one runs."""

import json
from asyncio.subprocess import STDOUT
from collections.abc import Callable, Mapping
from typing import Any

from . import programs

_PROGRAM = "simulator.schedules"


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
        """Whether the schedule returned, and what it printed."""
        ended = await programs.run(self._environment(), _PROGRAM, name, errors=STDOUT)
        return {"returned": ended.code == 0, "output": ended.output}
