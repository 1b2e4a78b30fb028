"""Compares the functions that AWS has, and what they may do and get, with the configuration."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import wraps
from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib.config import defaults

from . import deployed, foreign_stack, lambda_functions, preflight
from . import event_sources as sources
from .errors import refused_as
from .findings import Examination, Finding, Patient, fail, ok, warn
from .lambda_functions import Function
from .policies import DOOR
from .target import AT_EXIT, Target

_DEPLOY = "deploy"
"""What to do, before it is known who deploys the stage."""
_LIMITS = (
    ("lambda_timeout", "Timeout", "runs at most", "s"),
    ("lambda_memory_size", "MemorySize", "has", "MB"),
)


def _fixed_by_deploy(examination: Examination) -> Examination:
    """Says in its findings what to type so that the stage is deployed."""

    @wraps(examination)
    def examined(patient: Patient) -> Iterator[Finding]:
        for each in examination(patient):
            yield replace(each, do=_deploy(patient.target)) if each.do == _DEPLOY else each

    return examined


def _deploy(target: Target) -> str:
    if stack := foreign_stack.of(target):
        return f"Deploy the stack {stack} again ({foreign_stack.CHAPTER})"
    return f"python -m ops deploy --stage {target.stage}"


@_fixed_by_deploy
def functions(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    for function in (DOOR, *AT_EXIT):
        name = _name(target, function)
        found = lambda_functions.look(name)
        if found and found.is_untagged:
            yield fail("functions", *found.untagged(target.stage))
        else:
            yield _function(target, function, found)


def _function(target: Target, function: str, found: Function | None) -> Finding:
    name = _name(target, function)
    if found is None:
        return fail("functions", f"{name} is not deployed", _DEPLOY)
    if found.reserved == 0:
        return fail(
            "functions", f"{name} never runs: somebody reserved 0 executions for it", _DEPLOY
        )
    described = found.configuration
    if described.get("State") == "Failed":
        return fail("functions", f"{name} cannot run: {described.get('StateReason')}", _DEPLOY)
    if limits := ", ".join(_wrong_limits(target, function, described)):
        return fail("functions", f"{name} {limits}", _DEPLOY)
    if wrong := _variables(name, target.environment, described):
        return wrong
    return ok("functions", f"{name}, {described.get('MemorySize')} MB, {described['Timeout']} s")


def _variables(
    name: str, wanted: Mapping[str, str], described: Mapping[str, Any]
) -> Finding | None:
    """What is wrong with them. It fails where the defaults of what is gone do something else."""
    variables = described.get("Environment", {}).get("Variables", {})
    if lacking := [key for key in wanted if key not in variables]:
        instead = defaults(variables.get("STAGE", "dev"))
        differs = any(instead.get(key) != wanted[key] for key in lacking)
        judge = fail if differs else warn
        return judge("functions", f"{name} lacks {', '.join(lacking)}", _DEPLOY)
    if stale := [key for key, value in wanted.items() if variables[key] != value]:
        return warn("functions", f"{name} was deployed with another {', '.join(stale)}", _DEPLOY)
    return None


def _wrong_limits(target: Target, function: str, described: Mapping[str, Any]) -> Iterator[str]:
    for setting, key, limit, unit in _LIMITS:
        wanted = target.function_setting(function, setting)
        if wanted not in (None, described.get(key)):
            yield f"{limit} {described.get(key)} {unit}, not {wanted} {unit}"


def _name(target: Target, function: str) -> str:
    return target.door if function == DOOR else target.function(function)


@_fixed_by_deploy
def api(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    if lambda_functions.look(target.door) is None:
        return  # another examination tells
    found = deployed.rest_api(target)
    if found is None:
        told = f"no API calls {target.door}: pushes reach nobody; the next one has another URL"
        yield fail("api", told, _DEPLOY)
    elif not _has_stage(found):
        told = f"the API {found} has no stage {deployed.GATEWAY_STAGE}: pushes reach nobody"
        yield fail("api", told, _DEPLOY)
    elif f":{found}/" not in _callers(target.door):
        yield fail(
            "api", f"the API {found} may not call {target.door}: pushes reach nobody", _DEPLOY
        )
    else:
        yield ok("api", f"{found} calls {target.door}")


def _has_stage(api: str) -> bool:
    try:
        boto3.client("apigateway").get_stage(restApiId=api, stageName=deployed.GATEWAY_STAGE)
    except ClientError as error:
        if refused_as(error, "NotFoundException"):
            return False
        raise
    return True


def _callers(function: str) -> str:
    """The policy that says who may call a function, as AWS writes it; empty if it has none."""
    try:
        return boto3.client("lambda").get_policy(FunctionName=function)["Policy"]
    except ClientError as error:
        if refused_as(error, "ResourceNotFoundException"):
            return ""
        raise


@_fixed_by_deploy
def event_sources(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    for queue, found in sources.of(target):
        worker = target.function(queue.worker)
        if found is None:
            yield fail(
                "event sources", f"nothing brings the jobs of {queue.name} to {worker}", _DEPLOY
            )
        elif (state := found["State"]) in (sources.DISABLED, "Disabling"):
            reason = found.get("StateTransitionReason", "no reason given")
            told = f"the event source of {worker} is {state} ({reason}): its jobs wait"
            yield fail("event sources", told, _DEPLOY)
        elif state == sources.ENABLED:
            yield ok("event sources", f"{worker} gets the jobs of {queue.name}")
        else:
            told = f"the event source of {worker} is {state}"
            yield warn("event sources", told, "Wait, and look again.")


@_fixed_by_deploy
def policies(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    if problems := list(preflight.release_problems(target)):
        yield from (fail("policies", each.found, each.do) for each in problems)
        return
    for function, settings in target.stage_config["lambda_functions"].items():
        if "iam_policy_file" not in settings:
            continue  # a function of the team's own that has its permissions from elsewhere
        file, role = settings["iam_policy_file"], _role(target, function)
        found = _policies(role)
        if not found:
            yield fail("policies", f"the role {role} has no policy", _DEPLOY)
        elif json.loads(target.config_file.with_name(file).read_text()) in found:
            yield ok("policies", f"{role} has what {file} says")
        else:
            yield fail("policies", f"{role} differs from {file}", _DEPLOY)


def _role(target: Target, function: str) -> str:
    """The role that a function has, or that Chalice will give it."""
    found = lambda_functions.look(_name(target, function))
    return found.role if found else f"{target.door}-{function}"


def _policies(role: str) -> list[Mapping[str, Any]]:
    """The policies that are written into a role; empty if there is no such role."""
    iam = boto3.client("iam")
    try:
        names = iam.list_role_policies(RoleName=role)["PolicyNames"]
        found = [iam.get_role_policy(RoleName=role, PolicyName=name) for name in names]
    except ClientError as error:
        if refused_as(error, "NoSuchEntity"):
            return []
        raise
    return [each["PolicyDocument"] for each in found]
