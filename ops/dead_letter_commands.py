"""`dead-letters`: answers that no try could deliver, and what to do with them."""

import json
from collections.abc import Mapping
from typing import Any

import click

from . import dead_letters, dead_reasons, frames, jobs, terminal, wording
from .dead_letters import DeadLetter
from .options import as_json, ask, ask_production, on_stage, yes
from .target import Target

_SHORT, _FEWEST = 12, 4
"""The digits of an identity that are shown, and the fewest that have to be typed."""
_LIMIT = wording.Number(int, "a whole number from 1 on, such as 500", 1)


def _beginning(_: click.Context, __: click.Parameter, given: str | None) -> str | None:
    if given is not None and len(given) < _FEWEST:
        raise click.BadParameter(f"write at least the first {_FEWEST} digits of an identity")
    return given


def _whole(identity: str) -> str:
    """What no other one begins with: as many digits as are shown. Else all have to be read."""
    return identity if len(identity) >= _SHORT else ""


_identity = click.argument("identity", callback=_beginning)


@click.group("dead-letters")
def group() -> None:
    """Look after answers that never arrived.

    A job is tried five times within about a minute; then it waits here for 14 days, whole. Find
    out why, fix it, and redrive what is still worth saying: WeChat takes answers up to 48 hours
    after a user's message.
    """


@group.command("list")
@on_stage
@click.option("--limit", type=_LIMIT, default=100, show_default=True, metavar="N")
@as_json
def list_(target: Target, limit: int, *, as_json: bool) -> None:
    """List them: how old, which route, how many tries, why. No openids, no texts.

    \b
    python -m ops dead-letters list --stage prod
    python -m ops dead-letters list --stage prod --limit 1000 --json

    It shows N of them at most, the oldest of what it sees first, and at most ten of each user.
    It says, too, how many jobs are being tried: they may be here in a minute.
    """
    with dead_letters.held(target, limit) as found:
        letters = sorted(found, key=lambda each: -each.age)[:limit]
    reasons = dead_reasons.of(target, letters)
    rows = [_described(each, reasons.get(each.name, {})) for each in letters]
    if as_json:
        terminal.show_json(rows)
        return
    if tried := jobs.tried(target):
        terminal.note(f"{jobs.being_tried(tried)} now, and may be here in a minute.")
    if not rows:
        terminal.note("No dead letters.", "green")
        return
    terminal.show_table(["identity", "age", "route", "what", "tries", "why"], [*map(_row, rows)])
    behind = dead_letters.count(target) - len(rows)
    if behind > 0:
        more = " (--limit shows more)" if len(rows) == limit else ", of the same users or tasks"
        terminal.note(f"About {behind} more wait behind these{more}.")


@group.command()
@_identity
@on_stage
@click.option("--reveal", is_flag=True, help="Show openids, and what a user wrote, too.")
@frames.every
@as_json
def show(target: Target, identity: str, *, reveal: bool, every: bool, as_json: bool) -> None:
    """Show the one whose identity begins with IDENTITY, with your handlers' frames where it failed.

    \b
    python -m ops dead-letters show 3f9a1c
    python -m ops dead-letters show 3f9a1c --reveal
    """
    with dead_letters.held(target, until=_whole(identity)) as letters:
        letter = dead_letters.one(letters, identity)
    reason = dead_reasons.of(target, [letter]).get(letter.name, {})
    cause = reason.get("cause", [])
    described = {
        **_described(letter, reason),
        "cause": cause if every or as_json else frames.shown(cause),
    }
    if reveal:
        described |= {"openid": letter.group, "body": _body(letter)}
    if as_json:
        terminal.show_json(described)
        return
    for name, value in described.items():
        text = "\n".join(value) if isinstance(value, list) else value
        shown = json.dumps(text, ensure_ascii=False, indent=2) if isinstance(text, dict) else text
        terminal.show(f"{name:<12}{shown}")


@group.command()
@click.argument("identity", required=False, callback=_beginning)
@on_stage
@click.option("--all", "everything", is_flag=True, help="All of them, those of each user in order.")
@yes
def redrive(target: Target, identity: str | None, *, everything: bool, yes: bool) -> None:
    """Put the one whose identity begins with IDENTITY, or --all, back into its queue.

    \b
    python -m ops dead-letters redrive 3f9a1c
    python -m ops dead-letters redrive --all --stage prod

    It is tried again as if it were new. A part of its answer that has already reached the user
    is not sent again. If it is interrupted, run it again, and it continues.
    """
    if bool(identity) == everything:
        raise click.UsageError("Name one, or use --all.")
    ask_production(target, f"Redrive {identity or 'all dead letters'}", yes=yes)
    if identity:
        with dead_letters.held(target, until=_whole(identity)) as letters:
            done = sum(dead_letters.redrive(target, [dead_letters.one(letters, identity)]))
        _note_back(done)
    else:
        _redrive_all(target)


@group.command()
@_identity
@on_stage
@yes
def drop(target: Target, identity: str, *, yes: bool) -> None:
    """Delete the one whose identity begins with IDENTITY, for good: its user gets no answer.

    \b
    python -m ops dead-letters drop 3f9a1c
    """
    with dead_letters.held(target, until=_whole(identity)) as letters:
        dead_letters.one(letters, identity)  # fails before the question if there is none
    ask(f"Delete {identity} for good?", yes=yes)
    with dead_letters.held(target, until=_whole(identity)) as letters:
        dead_letters.drop(target, dead_letters.one(letters, identity))
    terminal.note("Deleted.", "green")


def _redrive_all(target: Target) -> None:
    """Says how many are done, also when it is interrupted or fails."""
    done, waiting = 0, dead_letters.count(target)
    try:
        with terminal.waiting(f"Back in the queue: 0 of about {waiting}") as progress:
            for back in dead_letters.redrive_all(target):
                done += back
                progress(f"Back in the queue: {done} of about {waiting}")
    except BaseException:
        if done:
            _note_back(done)
        raise
    _note_back(done)
    if left := dead_letters.count(target):
        terminal.note(f"About {left} wait here still, or again: `dead-letters list` shows them.")


def _note_back(done: int) -> None:
    terminal.note(f"Back in the queue: {done}.", "green")


def _described(letter: DeadLetter, reason: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "identity": letter.name,
        "age_seconds": round(letter.age),
        "queue": letter.queue.name,
        "route": letter.job.route if letter.job else "",
        "what": letter.kind,
        "tries": reason.get("tries"),
        "why": dead_reasons.in_words(reason),
    }


def _row(described: Mapping[str, Any]) -> list[str]:
    return [
        described["identity"][:_SHORT],
        wording.age(described["age_seconds"]),
        described["route"],
        described["what"],
        str(described["tries"] or "?"),
        described["why"],
    ]


def _body(letter: DeadLetter) -> Any:
    try:
        return json.loads(letter.body)
    except ValueError:
        return letter.body
