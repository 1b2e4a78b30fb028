"""Functions of the team's own: schedules, and whatever else app.py has besides the doors."""

import re
from collections.abc import Iterator
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from . import chalice, policies, upgrades
from .errors import Failed, refused_as
from .target import Target, read_config, write_config
from .upgrades import Change

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TAKEN = {*policies.NAMES, *policies.NAMES.values()}


def add(name: str, project: Path) -> Iterator[Change]:
    """Describes the function `name` in each stage, and tells what it wrote. Raises Failed."""
    if not _NAME.fullmatch(name):
        raise Failed(f"{name!r} names no function: write it as app.py does.")
    if name in _TAKEN:
        raise Failed(f"{name} is a name of the framework's: choose another one.")
    stages = read_config(project / ".chalice" / "config.json").get("stages", {})
    targets = [Target(stage, project) for stage in stages]
    if targets:  # which all have the same app.py
        _check_defined(name, targets[0])
    for target in targets:
        yield from _described(name, target)
        yield from upgrades.complete(target)


def _check_defined(name: str, target: Target) -> None:
    """Raises Failed if app.py has no such function."""
    own = {*chalice.functions(target)} - {*policies.NAMES}
    if name not in own:
        known = ", ".join(sorted(own)) or "none of your own"
        raise Failed(
            f"app.py defines no function {name} (it has: {known}). Write it there first, for "
            f"example as a schedule, then run `python -m ops function add {name}` again."
        )


def _described(name: str, target: Target) -> Iterator[Change]:
    config = read_config(target.config_file)
    functions = config["stages"][target.stage].setdefault("lambda_functions", {})
    if name not in functions:
        functions[name] = {
            "iam_policy_file": policies.file_name(target.stage, name),
            # As long as resources.yaml keeps the logs of the framework's functions.
            "log_retention_in_days": 365 if target.is_production else 30,
        }
        write_config(target.config_file, config)
        yield Change(target.config_file, config, [f"+ {target.stage}: {name}"])


def settle_logs(target: Target) -> None:
    """Deletes the logs of the team's functions in dev; elsewhere, keeps them as long as they say.

    Chalice leaves them where they are, but takes away the time after which lines expire.
    """
    for name in target.stage_config.get("lambda_functions", {}):
        if name not in policies.NAMES:
            try:
                _settle_log(target, name)
            except ClientError as error:
                if not refused_as(error, "ResourceNotFoundException"):
                    raise


def _settle_log(target: Target, name: str) -> None:
    logs, group = boto3.client("logs"), f"/aws/lambda/{target.door}-{name}"
    if not target.is_production:
        logs.delete_log_group(logGroupName=group)
    elif days := target.function_setting(name, "log_retention_in_days"):
        logs.put_retention_policy(logGroupName=group, retentionInDays=days)
