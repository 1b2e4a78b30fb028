"""Explains which route answers a push, in a process that loads the handlers from the disk."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

_PATIENCE = 10
_HANDLERS = Path("chalicelib/handlers")


class RouteExplanations:
    """Explanations of pushes, cached until a handler is saved."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}
        self._of = 0.0
        self._asking = asyncio.Lock()

    async def of(self, document: str) -> dict[str, Any]:
        """Whether each route fits a push, or the `problem` that prevents the answer."""
        async with self._asking:  # one at a time, because each loads all handlers
            saved = _last_save()
            if saved != self._of:
                self._kept.clear()
                self._of = saved
            if document not in self._kept:
                self._kept[document] = await asyncio.to_thread(_explain, document)
            return self._kept[document]


def _explain(document: str) -> dict[str, Any]:
    try:
        program = subprocess.run(
            [sys.executable, "-m", "simulator.explain_routes"],
            input=document.encode("utf-8", "replace"),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"problem": f"the handlers took more than {_PATIENCE} seconds to load"}
    if program.returncode:
        last = program.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        return {"problem": "".join(last)}
    explanation: dict[str, Any] = json.loads(program.stdout.splitlines()[-1])
    return explanation


def _last_save() -> float:
    files = [_HANDLERS, *_HANDLERS.rglob("*.py")]
    return max((path.stat().st_mtime for path in files if path.exists()), default=0.0)
