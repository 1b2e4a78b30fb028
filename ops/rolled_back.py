"""Whether a stage runs what `deploy --previous` has put back, for whoever looks at it next.

The alias of the version to which a function went back says so, until the next deploy.
"""

import time
from collections.abc import Iterable, Iterator

import boto3

from . import wording
from .findings import Finding, Patient, fail, warn
from .lambda_functions import look
from .target import AT_EXIT, WORKERS, Target

_MARK = "wechalice: went back to "


def mark(function: str, alias: str, to: str) -> None:
    """Writes down that a function went back, now."""
    boto3.client("lambda").update_alias(
        FunctionName=function,
        Name=alias,
        Description=f"{_MARK}{to} at {wording.moment(time.time())}",
    )


def forget(functions: Iterable[str]) -> None:
    """After a deploy, they run what was deployed."""
    for function in functions:
        for name, _, _ in _marks(function):
            boto3.client("lambda").update_alias(FunctionName=function, Name=name, Description="")


def told(function: str) -> str:
    """To what a function went back, and when; empty if it runs something else."""
    lambda_ = boto3.client("lambda")
    for _, version, mark in _marks(function):
        now = lambda_.get_function_configuration(FunctionName=function)
        back = lambda_.get_function_configuration(FunctionName=function, Qualifier=version)
        if now["CodeSha256"] == back["CodeSha256"]:
            return mark.removeprefix("wechalice: ")
    return ""


def examine(patient: Patient) -> Iterator[Finding]:
    """Finds nothing where what runs was deployed."""
    target = patient.target
    names = [target.door, *map(target.function, AT_EXIT)]
    back = {name: words for name in names if look(name) and (words := told(name))}
    if not back:
        return
    words, deploy = next(iter(back.values())), f"python -m ops deploy --stage {target.stage}"
    stayed = [name for name in _answering(target) if name not in back]
    if stayed:
        found = f"two releases run side by side: {', '.join(back)} {words}, {', '.join(stayed)} not"
        yield fail("release", found, f"{deploy} --previous, or without it if it cannot go back")
    else:
        yield warn(
            "release",
            f"{target.stage} {words} (deploy --previous)",
            f"Check out that commit, or one with a fix, and deploy it: {deploy}",
        )


def _answering(target: Target) -> list[str]:
    """What has to run one release."""
    return [target.door, *map(target.function, WORKERS)]


def _marks(function: str) -> Iterator[tuple[str, str, str]]:
    """The marked aliases of a function: name, version and mark."""
    pages = boto3.client("lambda").get_paginator("list_aliases").paginate(FunctionName=function)
    for each in (alias for page in pages for alias in page["Aliases"]):
        if (description := each.get("Description", "")).startswith(_MARK):
            yield each["Name"], each["FunctionVersion"], description
