"""Runs a module of the project in a process of its own."""

import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from typing import NamedTuple


class Ended(NamedTuple):
    """How a program ended, and what it wrote."""

    code: int | None
    output: str
    errors: str


async def run(environment: Mapping[str, str], *arguments: str, errors: int = PIPE) -> Ended:
    """Runs `python -m` with these arguments; `errors` says where its errors go."""
    program = await create_subprocess_exec(
        sys.executable, "-m", *arguments, env=environment, stdout=PIPE, stderr=errors
    )
    written = [(each or b"").decode("utf-8", "replace") for each in await program.communicate()]
    return Ended(program.returncode, *written)
