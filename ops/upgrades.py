"""What a release needs in `.chalice/`: a stage's variables, and the policies of its functions.

The framework's part of these files is completed; the team's own part stays as it is.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from chalicelib import config

from . import policies
from .policies import Statement
from .target import CALLER, LONG_WORKER, WORKER, Target, read_config, write_config

LONG_SECONDS = 900
"""For which the long worker may work on a job, as long as Lambda lets any function run."""


class Change(NamedTuple):
    """A file, what it must hold, and how that differs from what it holds.

    A difference is a line that begins with `+`, `~`, `-` or `=`.
    """

    file: Path
    content: Any
    differences: Sequence[str]


def complete(target: Target) -> list[Change]:
    """Writes what the stage lacks, and returns it. Raises Failed."""
    changes = list(lacking(target))
    for change in changes:
        write_config(change.file, change.content)
    return changes


def lacking(target: Target) -> Iterator[Change]:
    """What `complete` would write. Raises Failed."""
    settings = read_config(target.config_file)
    described = settings["stages"][target.stage]
    added = [
        *_variables(target, described),
        *_policy_files(target, described),
    ]
    for function in (LONG_WORKER, CALLER):
        added += _at_exit(target, function, described["lambda_functions"][function])
    if added:
        yield Change(target.config_file, settings, added)
    for function, each in described["lambda_functions"].items():
        name = each.get("iam_policy_file")
        # Under another name, a policy of the team's own function is the team's alone.
        if function in policies.NAMES or name == policies.file_name(target.stage, function):
            yield from _policy(target, function, target.config_file.with_name(name))


def _variables(target: Target, described: dict[str, Any]) -> Iterator[str]:
    """Adds each variable that the stage's functions would not get."""
    there = target.environment
    for name, value in config.defaults(target.stage).items():
        if name not in there:
            described.setdefault("environment_variables", {})[name] = value
            yield f"+ {target.stage}: {name} = {value}"


def _policy_files(target: Target, described: dict[str, Any]) -> Iterator[str]:
    """Adds where the policy of each of the framework's functions is."""
    functions = described.setdefault("lambda_functions", {})
    for function in policies.NAMES:
        settings = functions.setdefault(function, {})
        if "iam_policy_file" not in settings:
            settings["iam_policy_file"] = policies.file_name(target.stage, function)
            yield f"+ {target.stage}: {function} = {settings['iam_policy_file']}"


def _at_exit(target: Target, function: str, settings: dict[str, Any]) -> Iterator[str]:
    """Adds the network in which the worker runs, and the time that the long worker has."""
    shared = target.config.get("lambda_functions", {}).get(function, {})
    wanted = {
        "lambda_timeout": LONG_SECONDS if function == LONG_WORKER else None,
        "subnet_ids": target.function_setting(WORKER, "subnet_ids"),
        "security_group_ids": target.function_setting(WORKER, "security_group_ids"),
    }
    for name, value in wanted.items():
        if value and name not in {*settings, *shared}:
            settings[name] = value
            yield f"+ {target.stage}: {function}: {name} = {value}"


def _policy(target: Target, function: str, file: Path) -> Iterator[Change]:
    """The policy with the framework's statements as they must be, if they differ."""
    there = read_config(file).get("Statement", []) if file.exists() else []
    own = [each for each in there if policies.is_own(each)]
    ours = [each for each in there if each not in own]
    wanted = policies.statements(target, function)
    if differences := [*_differences(file, ours, wanted)]:
        yield Change(file, {"Version": "2012-10-17", "Statement": [*wanted, *own]}, differences)


def _differences(
    file: Path, before: Sequence[Statement], after: Sequence[Statement]
) -> Iterator[str]:
    if not file.exists():
        yield f"+ {file.name}"
        return
    old = {each.get("Sid", "without Sid"): each for each in before}
    new = {each["Sid"]: each for each in after}
    for sid, statement in new.items():
        if sid not in old:
            yield f"+ {file.name}: {sid}"
        elif old[sid] != statement:
            yield f"~ {file.name}: {sid}"
    yield from (f"- {file.name}: {sid}" for sid in old if sid not in new)
