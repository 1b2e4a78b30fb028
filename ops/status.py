"""`status`: a stage on one screen."""

import time
from contextlib import suppress

import boto3
import click
from rich.text import Text

from . import dashboard, glances, terminal, wording
from .options import as_json, on_stage
from .region import region
from .target import Target

_PAUSE = 30
"""Seconds between two looks."""


@click.command()
@on_stage
@click.option(
    "--since",
    type=wording.Duration(),
    default="3h",
    show_default=True,
    help="How far back errors are shown, such as 30m, 3h or 1d.",
)
@click.option("--watch", is_flag=True, help="Look again every 30 seconds, until Ctrl-C.")
@as_json
def status(target: Target, since: int, *, watch: bool, as_json: bool) -> None:
    """Show a stage on one screen.

    Which release its functions run, which alarms are on, the newest errors of each kind with the
    frames of your handlers, why pushes were turned away, what waits in the queues, how old the
    secrets are, and what is left of WeChat's quota today. `doctor` says what to do about it.

    \b
    python -m ops status
    python -m ops status --stage prod --since 1d
    python -m ops status --stage prod --watch

    Nothing is changed, no job is tried, and nothing of a user's is shown. The stage's own
    function asks WeChat for the quota, so your machine needs no place on the IP whitelist.
    """
    if watch and as_json:
        raise click.UsageError("--json ends; --watch does not. Use one of them.")
    boto3.client("sts").get_caller_identity()  # if AWS is out of reach, it is said once
    if as_json:
        found = glances.of(target, time.time() - since)
        terminal.show_json({name: glance.value for name, glance in found})
        return
    _show(target, since)
    with suppress(KeyboardInterrupt):
        while watch:
            time.sleep(_PAUSE)
            click.clear()
            _show(target, since)


def _show(target: Target, since: int) -> None:
    with terminal.waiting("Looking"):
        found = list(glances.of(target, time.time() - since))
    terminal.show(f"{target.stage} · {region()} · {wording.moment(time.time())}", "bold")
    rows: list[list[str | Text]] = []
    for name, (lines, _, worries) in found:
        title = Text(name, "red" if worries else "green")
        rows += [[title if number == 0 else "", line] for number, line in enumerate(lines)]
    terminal.show_table(["", ""], rows)
    if dashboard.is_there(target):
        terminal.show(f"\nIts dashboard: {dashboard.address(target)}")
