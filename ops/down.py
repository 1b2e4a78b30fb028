"""`down`: deletes what `deploy` has made, and keeps what must not be lost."""

from collections import Counter

import click

from . import (
    chalice,
    dead_letters,
    deployed,
    fixed_exit,
    foreign_stack,
    functions,
    interfaces,
    kept_policies,
    leftovers,
    permissions,
    roles,
    stack,
    terminal,
    wording,
)
from .errors import Failed
from .options import on_stage, yes
from .region import region
from .target import Target
from .template import RESOURCES


@click.command()
@on_stage
@yes
def down(target: Target, *, yes: bool) -> None:
    """Delete a stage.

    Deletes functions, API, alarms and network, so users get no answer any more. On a stage other
    than dev it keeps the profiles of users, the queues with answers on their way and the logs,
    and the next `up` takes them over. Secrets stay in SSM on every stage. To delete a stage other
    than dev, type its name when asked, or use --yes.

    \b
    python -m ops down
    python -m ops down --stage prod

    The URL is gone for good: the next `deploy` prints another one for 微信开发者平台.

    Exit codes: 0 deleted, 1 it failed, and the message says what to do, 2 misused.
    """
    _refuse_foreign_stack(target)
    _refuse_shared_exit(target)
    found = deployed.resources(target)
    _refuse_elsewhere(target, found)
    shared = roles.shared(found)
    own = roles.without(found, shared)
    _refuse_half(target, own)
    _ask(target, yes=yes)
    _note_lost(target)
    _delete(target, own)
    roles.release(shared)
    _note_shared(shared)
    functions.settle_logs(target)
    kept_policies.forget_all(target)
    for name in (target.stack, target.exit_stack):
        if stack.status(name):
            with terminal.waiting(f"{name}: deleting") as progress:
                interfaces.wait_until_gone(name, progress)
                stack.delete(name, progress)
            terminal.show(f"{name}: deleted.")
    kept = [*_kept(target), f"the secrets under {target.settings.parameter_path}"]
    terminal.show(f"Kept: {', '.join(kept)}.", "green")


def _delete(target: Target, found: list[deployed.Resource]) -> None:
    deployed.record(target, found)
    if found:
        chalice.run(target, "delete")
    else:
        terminal.show("Chalice has nothing on AWS in this stage.")


def _note_lost(target: Target) -> None:
    """Says what goes with the tables, queues and logs, which other stages than dev keep."""
    if target.is_production or not stack.status(target.stack):
        return
    jobs = sum(_messages(target, each.name) for each in target.queues)
    dead = sum(_messages(target, each.dead_letters) for each in target.queues)
    terminal.show(
        "This also deletes profiles, conversations, logs, "
        f"{wording.count(jobs, 'job')} and {wording.count(dead, 'dead letter')}."
    )


def _messages(target: Target, queue: str) -> int:
    return dead_letters.messages(target, queue) if leftovers.queue(queue) else 0


def _kept(target: Target) -> list[str]:
    """What is left of tables, queues and logs; of dev, nothing is."""
    if not target.is_production:
        return []
    left = leftovers.found(RESOURCES.read_text(), target, target.stack)
    kinds = Counter(each["ResourceType"] for each in left)
    profiles = ["profiles"] if kinds["AWS::DynamoDB::Table"] else []
    named = {"queue": kinds["AWS::SQS::Queue"], "log": kinds["AWS::Logs::LogGroup"]}
    return [*profiles, *(wording.count(number, what) for what, number in named.items() if number)]


def _note_shared(shared: roles.Users) -> None:
    for others in sorted({tuple(sorted(each)) for each in shared.values()}):
        names = ", ".join(name for name in sorted(shared) if {*others} == shared[name])
        told = f"Kept for {' and '.join(others)}: {names}. `down` there deletes them."
        terminal.show(told, "green")


def _refuse_half(target: Target, found: list[deployed.Resource]) -> None:
    if missing := permissions.missing(permissions.to_delete(target, found)):
        raise Failed(
            f"You lack {', '.join(missing)}, so nothing was deleted: `python -m ops deploy-policy "
            f"--stage {target.stage}` prints what whoever deletes a stage needs."
        )


def _refuse_shared_exit(target: Target) -> None:
    if others := fixed_exit.sharing(target):
        raise Failed(
            f"{', '.join(others)}: uses the fixed exit of {target.stage}. Choose another one, "
            f"deploy, and run this again: python -m ops up --stage {others[0]} --fixed-exit vpc"
        )


def _refuse_foreign_stack(target: Target) -> None:
    if name := foreign_stack.of(target):
        raise Failed(
            f"The stack {name} of CloudFormation has made the functions of {target.stage}, and "
            f"nothing was deleted. Delete it first, and run this again for the rest: "
            f"aws cloudformation delete-stack --stack-name {name}"
        )


def _refuse_elsewhere(target: Target, found: list[deployed.Resource]) -> None:
    """Roles exist in all regions. If there is nothing else, the stage is in another region."""
    names = [each.get("role_name", "") for each in found]
    if not names or not all(names) or stack.status(target.stack):
        return
    users = {user for name in names for user in roles.tagged(name)}
    if region() not in users:
        others = f"which {' and '.join(sorted(users))} uses" if users else "which all regions share"
        raise Failed(
            f"In {region()} there is nothing of {target.stage} but roles, {others}: is that the "
            "right region (AWS_REGION)? If it is, run "
            f"`python -m ops up --stage {target.stage}` and this again."
        )


def _ask(target: Target, *, yes: bool) -> None:
    if yes or not target.is_production:
        return
    terminal.note(f"Everything of {target.stage} in {region()} stops answering.", "red")
    if click.prompt("Type the stage's name to delete it", err=True) != target.stage:
        raise Failed(f"That is not {target.stage}, so nothing was deleted.")
