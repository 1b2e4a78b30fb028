"""What ran before the last deploy: a version of each function, to which all go back together.

A deploy first publishes each function as it is, and lets the alias `deploying` point there. At
its end `previous` points there instead, unless nothing has changed: a bad release that is
deployed a second time does not replace the good one. What an interrupted deploy has left as
`deploying` stays until a deploy ends, and counts before `previous`. Aliases of all functions
change one right after the other, with nothing in between that AWS is likely to refuse, so that
they always name one release.

Chalice changes `$LATEST` and knows neither versions nor aliases.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import boto3
from botocore.exceptions import WaiterError

from . import deployed, kept_policies, published, rolled_back
from .errors import EXPECTED, Failed, sentence
from .target import Target

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_lambda.type_defs import (
        FunctionConfigurationResponseTypeDef,
        FunctionConfigurationTypeDef,
    )

    _Configuration: TypeAlias = FunctionConfigurationResponseTypeDef | FunctionConfigurationTypeDef

PREVIOUS, DEPLOYING = "previous", "deploying"


class Earlier(NamedTuple):
    """A function, the version to which it goes back, and the alias that points there."""

    function: str
    version: str
    alias: str


class Restored(NamedTuple):
    """A function, the release and the time of what it goes back to, and why it did not."""

    function: str
    to: str
    problem: str


def functions(found: Sequence[deployed.Resource]) -> list[str]:
    """The functions among what AWS has of a stage, as AWS names them."""
    arns = [each["lambda_arn"] for each in found if each["resource_type"] == "lambda_function"]
    return [arn.rpartition(":")[2] for arn in arns]


def keep(target: Target, names: Sequence[str]) -> None:
    """Publishes the functions before a deploy changes them."""
    lambda_, made = boto3.client("lambda"), dict[str, str]()
    for name in names:
        if DEPLOYING not in _aliases(lambda_, name):
            _wait_for_others(lambda_, name)
            since = lambda_.get_function_configuration(FunctionName=name)["LastModified"]
            new = lambda_.publish_version(
                FunctionName=name, Description=published.description(since)
            )
            kept_policies.keep(target, name, _role(new), DEPLOYING)
            made[name] = new["Version"]
    for name, version in made.items():
        lambda_.create_alias(FunctionName=name, Name=DEPLOYING, FunctionVersion=version)


def settle(target: Target, names: Sequence[str]) -> bool:
    """Makes what a deploy has replaced the previous one, and deletes what nobody needs.

    Returns whether the deploy has changed a function or what it may do. If it has not, a previous
    version in another network goes, too, because it would hold the interfaces of a VPC that one
    wants to delete.
    """
    lambda_ = boto3.client("lambda")
    replaced = {
        name: aliases[DEPLOYING]
        for name in names
        if DEPLOYING in (aliases := _aliases(lambda_, name))
    }
    changed = any(_differs(target, lambda_, name, DEPLOYING) for name in replaced)
    if changed:
        _make_previous(target, lambda_, replaced)
    elif any(_moved(lambda_, name) for name in names):
        _forget_previous(target, lambda_, names)
    _end_deploy(lambda_, replaced)
    for name in replaced:
        kept_policies.settle(target, _role(lambda_.get_function_configuration(FunctionName=name)))
        _delete_unused(lambda_, name)
    rolled_back.forget(names)
    return changed


def earlier(names: Sequence[str]) -> list[Earlier]:
    """The functions that have an earlier version to go back to, and that version."""
    lambda_ = boto3.client("lambda")
    found = []
    for name in names:
        aliases = _aliases(lambda_, name)
        if alias := next((each for each in (DEPLOYING, PREVIOUS) if each in aliases), None):
            found.append(Earlier(name, aliases[alias], alias))
    return found


def are_back(target: Target, wanted: Sequence[Earlier]) -> bool:
    """Whether these functions are what they were before, and no deploy is under way."""
    lambda_ = boto3.client("lambda")
    return all(
        alias == PREVIOUS and not _differs(target, lambda_, name, alias)
        for name, _, alias in wanted
    )


def restore(target: Target, wanted: Sequence[Earlier]) -> list[Restored]:
    """Gives all these functions the code, settings and policies of their versions.

    Some may not go back. Raises Failed before anything is changed if some code cannot be had.
    """
    lambda_ = boto3.client("lambda")
    versions = {each: published.fetch(each.function, each.version) for each in wanted}
    for each, version in versions.items():
        kept_policies.put_back(target, each.function, _role(version.settings), each.alias)
    with ThreadPoolExecutor() as pool:
        tried = {
            each.function: pool.submit(_put_back, lambda_, version)
            for each, version in versions.items()
        }
    problems = {name: _problem(attempt.result) for name, attempt in tried.items()}
    whole = not any(problems.values())
    if whole:
        left = {each.function: each.version for each in wanted if each.alias == DEPLOYING}
        _make_previous(target, lambda_, left)
        _end_deploy(lambda_, left)
        for version in versions.values():
            kept_policies.settle(target, _role(version.settings))
    done = [
        Restored(each.function, version.name, problems[each.function])
        for each, version in versions.items()
    ]
    for each, restored in zip(wanted, done, strict=True):
        if not restored.problem:
            rolled_back.mark(each.function, PREVIOUS if whole else each.alias, restored.to)
    return done


def _put_back(lambda_: "LambdaClient", version: published.Version) -> None:
    name = version.settings["FunctionName"]
    _wait_for_others(lambda_, name)
    lambda_.update_function_code(
        FunctionName=name,
        ZipFile=version.code,
        Architectures=version.settings["Architectures"],
    )
    _wait(lambda_, name)
    lambda_.update_function_configuration(FunctionName=name, **_settings(version.settings))
    _wait(lambda_, name)


def _settings(found: "_Configuration") -> dict[str, Any]:
    """What Chalice sets of a function, in the words that change it."""
    network = found.get("VpcConfig", {})
    return {
        "Runtime": found["Runtime"],
        "Handler": found["Handler"],
        "Role": found["Role"],
        "Timeout": found["Timeout"],
        "MemorySize": found["MemorySize"],
        "Environment": {"Variables": found.get("Environment", {}).get("Variables", {})},
        "VpcConfig": {
            "SubnetIds": network.get("SubnetIds", []),
            "SecurityGroupIds": network.get("SecurityGroupIds", []),
        },
        "Layers": [each["Arn"] for each in found.get("Layers", [])],
        "TracingConfig": {"Mode": found.get("TracingConfig", {}).get("Mode", "PassThrough")},
    }


def _differs(target: Target, lambda_: "LambdaClient", name: str, alias: str) -> bool:
    """Whether a function is another one than the alias's, or may do something else."""
    now = lambda_.get_function_configuration(FunctionName=name)
    before = lambda_.get_function_configuration(FunctionName=name, Qualifier=alias)
    is_other = now["CodeSha256"] != before["CodeSha256"] or _settings(now) != _settings(before)
    return is_other or kept_policies.differs(target, name, _role(now), alias)


def _role(found: "_Configuration") -> str:
    return found["Role"].rpartition("/")[2]


def _problem(attempt: Callable[[], None]) -> str:
    try:
        attempt()
    except EXPECTED as error:
        return sentence(error)
    return ""


def _aliases(lambda_: "LambdaClient", name: str) -> dict[str, str]:
    """The versions at which the function's aliases point, by alias."""
    pages = lambda_.get_paginator("list_aliases").paginate(FunctionName=name)
    return {each["Name"]: each["FunctionVersion"] for page in pages for each in page["Aliases"]}


def _make_previous(target: Target, lambda_: "LambdaClient", versions: Mapping[str, str]) -> None:
    """Makes these versions, which are `deploying`, the previous ones of their functions."""
    for name in versions:
        kept_policies.copy(target, name, DEPLOYING, PREVIOUS)
    for name, version in versions.items():
        known = PREVIOUS in _aliases(lambda_, name)
        point = lambda_.update_alias if known else lambda_.create_alias
        point(FunctionName=name, Name=PREVIOUS, FunctionVersion=version)


def _end_deploy(lambda_: "LambdaClient", names: Iterable[str]) -> None:
    for name in names:
        lambda_.delete_alias(FunctionName=name, Name=DEPLOYING)


def _moved(lambda_: "LambdaClient", name: str) -> bool:
    """Whether the function ran in another network before."""
    if PREVIOUS not in _aliases(lambda_, name):
        return False
    now = lambda_.get_function_configuration(FunctionName=name)
    before = lambda_.get_function_configuration(FunctionName=name, Qualifier=PREVIOUS)
    return bool(_settings(now)["VpcConfig"] != _settings(before)["VpcConfig"])


def _forget_previous(target: Target, lambda_: "LambdaClient", names: Sequence[str]) -> None:
    for name in names:
        if PREVIOUS in _aliases(lambda_, name):
            lambda_.delete_alias(FunctionName=name, Name=PREVIOUS)
            kept_policies.forget(target, name, PREVIOUS)


def _delete_unused(lambda_: "LambdaClient", name: str) -> None:
    """Deletes the versions of earlier deploys, because AWS keeps 75 GB of code at most."""
    used = _aliases(lambda_, name).values()
    for page in lambda_.get_paginator("list_versions_by_function").paginate(FunctionName=name):
        for each in page["Versions"]:
            if published.is_ours(each.get("Description", "")) and each["Version"] not in used:
                lambda_.delete_function(FunctionName=name, Qualifier=each["Version"])


def _wait_for_others(lambda_: "LambdaClient", name: str) -> None:
    """Waits until the function can be changed, also after a change that failed. Raises Failed."""
    _wait(lambda_, name, enough="Failed")


def _wait(lambda_: "LambdaClient", name: str, enough: str = "Successful") -> None:
    """Waits until our change of the function has succeeded. Raises Failed."""
    try:
        lambda_.get_waiter("function_updated_v2").wait(FunctionName=name)
    except WaiterError as error:
        last: Any = error.last_response
        if last.get("Configuration", {}).get("LastUpdateStatus") == enough:
            return
        raise Failed(
            f"Lambda does not finish a change of {name}: see in AWS's console what it says there, "
            "and run it again."
        ) from None
