"""The schedules of app.py: which there are, and how one runs."""

import json
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Callable, Mapping
from typing import Any


class Schedules:
    """Asks `simulator.schedules`, a process of its own, in the backend's `environment`."""

    def __init__(self, environment: Callable[[], Mapping[str, str]]) -> None:
        self._environment = environment

    async def listed(self) -> dict[str, Any]:
        """The schedules, or the `problem` that prevents the answer."""
        code, output, errors = await self._asked(PIPE)
        if code:
            return {"schedules": [], "problem": "".join(errors.strip().splitlines()[-1:])}
        return {"schedules": json.loads(output.splitlines()[-1]), "problem": ""}

    async def run(self, name: str) -> dict[str, Any]:
        """Whether the schedule returned, and what it printed."""
        code, output, _ = await self._asked(STDOUT, name)
        return {"returned": code == 0, "output": output}

    async def _asked(self, errors: int, *arguments: str) -> tuple[int | None, str, str]:
        program = await create_subprocess_exec(
            sys.executable,
            "-m",
            "simulator.schedules",
            *arguments,
            env=self._environment(),
            stdout=PIPE,
            stderr=errors,
        )
        written = [(each or b"").decode("utf-8", "replace") for each in await program.communicate()]
        return program.returncode, written[0], written[1]
