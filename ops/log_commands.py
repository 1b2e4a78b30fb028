"""`logs`: what the door and the workers have logged, about one push or lately."""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeAlias

import click

from . import frames, local_run, logs, terminal, wording
from .log_lines import readable
from .options import as_json, on_stage
from .region import region
from .target import Target

_Told: TypeAlias = Callable[[Sequence[str]], list[str]]
"""What to tell of a cause."""
_A_PUSH, _LATELY = 24 * 3600, 3600
"""Seconds that are looked back for a push, and for all lines."""
_PAUSE = 2
"""Seconds between two looks for new lines."""
_LATE = 30
"""Seconds by which a line may reach CloudWatch later than another line of the same time."""


def _identity(_: click.Context, __: click.Parameter, given: str) -> str:
    if given and not re.fullmatch("[0-9a-f]{6,64}", given):
        raise click.BadParameter("write an identity, or at least its first six digits")
    return given


@click.command("logs")
@click.argument("identity", callback=_identity, default="")
@on_stage
@click.option(
    "--since",
    type=wording.Duration(),
    show_default="1d for a push, else 1h",
    help="How far back, such as 90s, 30m, 2h or 7d.",
)
@click.option("-f", "--follow", is_flag=True, help="Keep showing new lines, until Ctrl-C.")
@frames.every
@as_json
def show(
    target: Target,
    identity: str,
    since: int | None,
    *,
    follow: bool,
    every: bool,
    as_json: bool,
) -> None:
    """Follow one push by its IDENTITY, or show all lines of the last hour.

    Shows what the door and the workers did. The identity is in every line about a push and
    in `dead-letters list`. Its first digits are enough. Lines hold no openid and nothing that a
    user wrote. Of an error, the frames of your handlers are shown, and a cause that comes again
    is shown once; --json has all.

    \b
    python -m ops logs
    python -m ops logs 3f9a1c
    python -m ops logs 3f9a1c --stage prod --since 7d
    python -m ops logs 3f9a1c --follow

    The exit code is 1 if there is no such line.
    """
    if follow and as_json:
        raise click.UsageError("--json ends; --follow does not. Use one of them.")
    begin = time.time() - (since or (_A_PUSH if identity else _LATELY))
    found, told = logs.ours(target, identity, begin), _once(every=every)
    if as_json:
        terminal.show_json([line.fields for line in found])
    else:
        _show(found, told)
    if follow:
        _follow(target, identity, found, told)
    elif not found:
        raise click.ClickException(_why_none(target, identity, begin))


def _why_none(target: Target, identity: str, begin: float) -> str:
    """Why there is no line, and where to look instead."""
    if local_run.addresses(target.project):
        wanted = identity or "."
        return f"`make run` keeps its log in files: grep -h {wanted} .local/*.log shows it."
    if missing := logs.missing(target):
        return (
            f"There is no log {', '.join(missing)} in {region()}: is that the right region "
            f"(AWS_REGION)? If it is, `python -m ops up --stage {target.stage}` makes it, but not "
            "the lines that it had."
        )
    logged = f"a push {identity}" if identity else "anything"
    return (
        f"Nobody has logged {logged} on {target.stage} since {wording.moment(begin)}: "
        "look further back with --since, on another stage, or in another region (AWS_REGION)."
    )


def _follow(target: Target, identity: str, shown: list[logs.Line], told: _Told) -> None:
    known = {line.event for line in shown}
    with suppress(KeyboardInterrupt):
        while True:
            time.sleep(_PAUSE)
            found = logs.ours(target, identity, time.time() - _LATE)
            _show([line for line in found if line.event not in known], told)
            known |= {line.event for line in found}


def _show(found: list[logs.Line], told: _Told) -> None:
    for line in found:
        terminal.show(readable(line.text, told))


def _once(*, every: bool) -> _Told:
    """Tells each cause once, by the team's frames or `every` frame."""
    known: list[list[str]] = []

    def told(cause: Sequence[str]) -> list[str]:
        shown = frames.within_code(cause) if every else frames.shown(cause)
        if shown and shown in known:
            return [frames.AGAIN]
        known.append(shown)
        return shown

    return told
