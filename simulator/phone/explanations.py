"""Which route answers a push, asked of the handlers as they stand on the disk, elsewhere."""

import asyncio
import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_PATIENCE = 10
_HANDLERS = Path("chalicelib/handlers")


class Explanations:
    """Explanations of documents, kept until a handler is saved."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}
        self._of = 0.0

    async def of(self, document: str) -> dict[str, Any]:
        """What each route makes of a push, or the `problem` of telling it."""
        saved = _last_save()
        if saved != self._of:
            self._kept.clear()
            self._of = saved
        if document not in self._kept:
            self._kept[document] = await _asked(document)
        return self._kept[document]


async def _asked(document: str) -> dict[str, Any]:
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "simulator.explain"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(_PATIENCE):
            out, err = await program.communicate(document.encode("utf-8", "replace"))
    except TimeoutError:
        with suppress(ProcessLookupError):
            program.kill()
        await program.wait()
        return {"problem": f"the handlers took more than {_PATIENCE} seconds to load"}
    if program.returncode:
        last = err.decode("utf-8", "replace").strip().splitlines()[-1:]
        return {"problem": "".join(last)}
    told: dict[str, Any] = json.loads(out.splitlines()[-1])
    return told


def _last_save() -> float:
    files = [_HANDLERS, *_HANDLERS.rglob("*.py")]
    return max((path.stat().st_mtime for path in files if path.exists()), default=0.0)
