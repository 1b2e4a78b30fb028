"""What would make a deployment fail or dangerous, found before anything is done."""

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chalicelib.wechat.envelopes import Mode

from . import (
    chalice,
    concurrency,
    execute_api,
    foreign_stack,
    lambda_functions,
    policies,
    queues,
    roles,
    secret_store,
    template,
    upgrades,
)
from .region import region
from .target import AT_EXIT, Target


class Problem(NamedTuple):
    """What is wrong, and what to do about it."""

    found: str
    do: str


def problems(target: Target, *, allow_plaintext: bool) -> list[Problem]:
    """What is wrong with the stage; empty if it may be deployed."""
    return [
        *owner_problems(target),
        *secret_problems(target),
        *release_problems(target),
        *function_problems(target),
        *concurrency_problems(target),
        *time_problems(target),
        *_mode_problems(target, allow_plaintext=allow_plaintext),
        *_address_problems(target),
    ]


def owner_problems(target: Target) -> Iterator[Problem]:
    """Functions that Chalice may not change, because they are CloudFormation's or anybody's."""
    if stack := foreign_stack.of(target):
        yield Problem(
            f"The stack {stack} of CloudFormation has made the functions of {target.stage}.",
            f"Deploy that stack again ({foreign_stack.CHAPTER}).",
        )
    for name in (target.door, *map(target.function, AT_EXIT)):
        found = lambda_functions.look(name)
        if found and found.is_untagged:
            yield Problem(*found.untagged(target.stage))


def secret_problems(target: Target) -> Iterator[Problem]:
    """Secrets that are missing or malformed."""
    values, wanted = secret_store.values(target), secret_store.wanted(target)
    missing = [name for name in wanted if name not in values]
    for names, command in _brought(target, missing):
        are = f"s {', '.join(names)} are" if len(names) > 1 else f" {names[0]} is"
        yield Problem(f"The parameter{are} missing in {region()}.", command)
    for name in wanted:
        if name in values and (wrong := secret_store.KINDS[name].wrong(values[name].value)):
            found = f"The parameter {name} is malformed: {wrong}."
            yield Problem(found, _command(target, [name]))


def _brought(target: Target, missing: list[str]) -> Iterator[tuple[list[str], str]]:
    """Missing secrets that one command brings, and the command."""
    others = roles.others(target) if missing else set()
    if others:
        yield missing, f"python -m ops secrets copy --from {min(others)} --stage {target.stage}"
        return
    made = [name for name in missing if secret_store.KINDS[name].new]
    for names in [*([name] for name in missing if name not in made), *([made] if made else [])]:
        yield names, _command(target, names)


def _command(target: Target, names: Sequence[str]) -> str:
    """What to type for secrets of one kind."""
    verb = "generate" if secret_store.KINDS[names[0]].new else "set"
    return f"python -m ops secrets {verb} {' '.join(names)} --stage {target.stage}"


def release_problems(target: Target) -> Iterator[Problem]:
    """What this release needs and the stage does not have."""
    changes = upgrades.lacking(target)
    if differences := [each for change in changes for each in change.differences]:
        told = "\n".join(f"    {each}" for each in differences)
        yield Problem(
            f"{target.stage} lacks in .chalice/ what this release needs:\n{told}",
            "python -m ops upgrade",
        )


def function_problems(target: Target) -> Iterator[Problem]:
    """Which functions of app.py the stage does not know. Raises Failed."""
    known = target.stage_config.get("lambda_functions", {})
    for name in chalice.functions(target):
        if name not in {*known, *policies.NAMES}:
            yield Problem(
                f"app.py has the function {name}, of which {target.stage} does not know.",
                f"python -m ops function add {name}",
            )


def concurrency_problems(target: Target) -> Iterator[Problem]:
    """Whether the stage would reserve more executions at once than AWS lets it."""
    wishes = concurrency.reserved(target)
    if not wishes:
        return
    room, names, wanted = concurrency.room(target), " and ".join(wishes), sum(wishes.values())
    if wanted > room.most:
        write = f"Write {room.most} or less as" if room.most else "Remove"
        yield Problem(
            f"{target.stage} reserves {wanted} executions at once for {names}, and may reserve "
            f"{room.most}: the account has {room.limit} in {region()}, of which others reserve "
            f"{room.others}, and AWS lets nobody reserve the last {room.kept}.",
            f"{write} reserved_concurrency of {names} in .chalice/config.json, or ask for more "
            "(Service Quotas, L-B99A9384; a new account has few).",
        )


def time_problems(target: Target) -> Iterator[Problem]:
    """Workers that may take longer than AWS allows: until their jobs come again."""
    seconds = queues.visibility(template.RESOURCES.read_text(), target)
    for queue in target.queues:
        most = seconds.get(queue.name, sys.maxsize)
        found = target.function_setting(queue.worker, "lambda_timeout", most)
        if found > most:
            yield Problem(
                f"{queue.worker} may take {found} s, but a job of {queue.name} comes again after "
                f"{most} s.",
                f"Set lambda_timeout of {queue.worker} to {most} in .chalice/config.json; what "
                "takes longer is for a long route or a task.",
            )


def _mode_problems(target: Target, *, allow_plaintext: bool) -> Iterator[Problem]:
    plaintext = target.settings.mode is Mode.PLAINTEXT
    if plaintext and target.is_production and not allow_plaintext:
        yield Problem(
            f"{target.stage} would take pushes in plaintext, with bodies that are not signed.",
            "Set WECHAT_MODE to safe in .chalice/config.json and 安全模式 on 微信开发者平台, or, "
            "for a test account, use --allow-plaintext.",
        )


def _address_problems(target: Target) -> Iterator[Problem]:
    if execute_api.lacks_domain(target):
        yield Problem(
            f"{target.stage} closes the address of API Gateway, and has no other one.",
            f"Set PUBLIC_URL to a domain of your own, or take {execute_api.SETTING} out of "
            ".chalice/config.json.",
        )
