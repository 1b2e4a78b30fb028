"""`down`: deletes what `deploy` has made, and keeps what must not be lost."""

import click

from . import chalice, deployed, functions, stack, terminal
from .errors import Failed
from .options import on_stage, yes
from .region import region
from .target import Target


@click.command()
@on_stage
@yes
def down(target: Target, *, yes: bool) -> None:
    """Delete a stage.

    Deletes functions, API, alarms and network, so users get no answer any more. On a stage other
    than dev it keeps the profiles of users, the queues with answers on their way and the logs,
    and the next `up` takes them over. Secrets stay in SSM on every stage. To delete a stage other
    than dev, type its name when asked, or say --yes.

    \b
    python -m ops down
    python -m ops down --stage prod

    The URL is gone for good: the next `deploy` prints another one for WeChat's console.

    Exit codes: 0 deleted, 1 it failed, and the message says what to do, 2 misused.
    """
    _refuse_elsewhere(target)
    _ask(target, yes=yes)
    if deployed.write_file(target):
        chalice.run(target, "delete")
    else:
        terminal.note("Chalice has nothing on AWS in this stage.")
    functions.settle_logs(target)
    for name in (target.stack, target.exit_stack):
        if stack.status(name):
            with terminal.waiting(f"{name}: deleting") as progress:
                stack.delete(name, progress)
            terminal.note(f"{name}: deleted.")
    kept = "profiles, queues, logs and " if target.is_production else ""
    terminal.note(f"Kept: {kept}the secrets under {target.settings.parameter_path}.", "green")


def _refuse_elsewhere(target: Target) -> None:
    """Roles exist in all regions. If there is nothing else, the stage is in another region."""
    kinds = {each["resource_type"] for each in deployed.resources(target)}
    if kinds == {"iam_role"} and stack.status(target.stack) is None:
        raise Failed(
            f"In {region()} there is nothing of {target.stage} but roles, which all regions share: "
            "is that the right region (AWS_REGION)? If it is, run "
            f"`python -m ops up --stage {target.stage}` and this again."
        )


def _ask(target: Target, *, yes: bool) -> None:
    if yes or not target.is_production:
        return
    terminal.note(f"Everything of {target.stage} stops answering.", "red")
    if click.prompt("Type the stage's name to delete it", err=True) != target.stage:
        raise click.Abort
