"""`deploy --previous`, and what `deploy --watch` does by itself when an alarm goes on."""

import time
from collections.abc import Collection, Mapping

from . import alarm_states, deployed, roles, terminal, versions, wording
from .errors import EXPECTED, Failed, sentence
from .target import WORKERS, Target

_PAUSE = 5
"""Seconds between two looks at the alarms."""
_NOT_OF_FUNCTIONS = ("gateway-failed", "no-pushes")
"""Alarms that no other function would end: of all stages together, and of the way to the door."""


def go_back(target: Target) -> None:
    """Gives all functions back what they were before the last deploy. Raises Failed."""
    names = versions.functions(deployed.resources(target))
    earlier = versions.earlier(names)
    if not earlier:
        raise Failed(
            f"Nothing of {target.stage} has an earlier version: `deploy` keeps one when it changes "
            "what runs. Check out the commit that ran before, and deploy it."
        )
    new = sorted({*names} - {each.function for each in earlier})
    if versions.are_back(target, earlier):
        terminal.show(f"There is nothing to do: {target.stage} has gone back already.", "green")
    else:
        _put_back(target, earlier, new)
    if lost := {target.door, *map(target.function, WORKERS)}.intersection(new):
        raise Failed(
            f"Two releases run side by side: {', '.join(sorted(lost))} has no earlier version. "
            "Check out the commit that ran before, and deploy that."
        )


def _put_back(target: Target, earlier: list[versions.Earlier], new: list[str]) -> None:
    with terminal.waiting("Putting back what ran before"):
        restored = versions.restore(target, earlier)
    _show(restored, new)
    if problems := sum(bool(each.problem) for each in restored):
        raise Failed(
            f"{problems} of {len(earlier)} functions of {target.stage} did not go back, so "
            "two releases run side by side. Do what the table says, and run it again: "
            f"python -m ops deploy --previous --stage {target.stage}"
        )
    _tell_what_runs(target, new)
    roles.tell_others(target, "deploy --previous")


def _tell_what_runs(target: Target, new: list[str]) -> None:
    told, style = f"{target.stage} runs what ran before its last deploy.", "green"
    if new:
        told = f"Not all of {target.stage} runs what ran before: {', '.join(new)} stays."
        style = "yellow"
    terminal.show(
        f"{told} Only functions went back, with their settings and policies: API, schedules and "
        "resources stay. Check out the commit that ran before, or one that fixes it, and deploy "
        "that.",
        style,
    )


def watch(target: Target, seconds: float, on_before: Collection[str], *, changed: bool) -> None:
    """Goes back when an alarm goes on within that time, and then raises Failed.

    An alarm that was on before the deploy counts from when it was off once. A deploy that has not
    `changed` what ran cannot be undone: what ran before is older than it.
    """
    end, ignored, trouble = time.monotonic() + seconds, {*on_before}, ""
    with terminal.waiting("Watching the alarms") as progress:
        while (left := end - time.monotonic()) > 0:
            found, trouble = _looked(target)
            if not trouble:
                ignored &= found.keys()
            if new := sorted(found.keys() - ignored):
                break
            progress(trouble or f"Watching the alarms for {wording.age(left)} more")
            time.sleep(min(_PAUSE, left))
        else:
            _tell_end(trouble)
            return
    terminal.show("\n".join(f"{name}: {found[name]}" for name in new), "red")
    if not changed:
        raise Failed(
            f"An alarm went on: {', '.join(new)}. Nothing was undone, because this deploy has "
            f"changed nothing that ran before: python -m ops status --stage {target.stage}"
        )
    go_back(target)
    raise Failed(f"The deploy was undone, because an alarm went on: {', '.join(new)}.")


def _looked(target: Target) -> tuple[Mapping[str, str], str]:
    """The alarms that are on, or why CloudWatch does not say: that may pass."""
    try:
        found = alarm_states.on(target)
    except EXPECTED as error:
        return {}, sentence(error)
    others = [f"{target.stack}-{each}" for each in _NOT_OF_FUNCTIONS]
    return {name: reason for name, reason in found.items() if name not in others}, ""


def _tell_end(trouble: str) -> None:
    if trouble:
        raise Failed(f"{trouble} It is deployed, but nobody saw its alarms: look at them yourself.")
    terminal.show("No alarm went on.", "green")


def _show(restored: list[versions.Restored], new: list[str]) -> None:
    rows = [[name, to, problem or "is back"] for name, to, problem in restored]
    rows += [[name, "", "stays: the last deploy has made it"] for name in new]
    terminal.show_table(["function", "goes back to", ""], rows)
