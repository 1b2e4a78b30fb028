"""Compares what AWS has of a stage with what the project says it should have."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import boto3
from botocore.exceptions import ClientError

from chalicelib.delivery.attempt import TRIES
from chalicelib.wechat.envelopes import Mode

from . import concurrency as executions
from . import (
    dead_letters,
    leftovers,
    preflight,
    queues,
    secret_store,
    stack,
    template,
    wechat_places,
    wording,
)
from .errors import refused_as
from .findings import Finding, Patient, fail, ok, warn
from .region import region
from .target import JobQueue, Target

_SKEW, _MOST_SKEW = 60, 300
"""Seconds by which a clock may be wrong, and from which AWS refuses signatures."""


def clock(_: Patient) -> Iterator[Finding]:
    answer = boto3.client("sts").get_caller_identity()
    aws = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
    off = abs((datetime.now(UTC) - aws).total_seconds())
    found, do = f"{off:.0f} s from AWS's", "Set this machine's clock (NTP)."
    if off > _MOST_SKEW:
        yield fail("clock", found, do)
    elif off > _SKEW:
        yield warn("clock", found, do)
    else:
        yield ok("clock", found)


def parameters(patient: Patient) -> Iterator[Finding]:
    problems = list(preflight.secret_problems(patient.target))
    for problem in problems:
        yield fail("secrets", problem.found, problem.do)
    if not problems:
        names = secret_store.wanted(patient.target)
        yield ok("secrets", f"{len(names)} present and well formed")
    if patient.target.settings.mode is Mode.PLAINTEXT and patient.target.is_production:
        yield warn(
            "mode",
            "plaintext: the bodies of pushes are not signed",
            "Set WECHAT_MODE to compatible, then to safe, each time after the same step on "
            f"{wechat_places.PUSHES}.",
        )


def resources(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    found = stack.status(target.stack)
    do = f"python -m ops up --stage {target.stage}"
    if found is None:
        do += " (or set AWS_REGION, if it is in another region)"
        yield fail("stack", f"no stack {target.stack} in {region()}", do)
    elif found.endswith("_FAILED") or found in (*stack.NEVER_WORKED, stack.PLANNED):
        yield fail("stack", f"{target.stack} is {found}", do)
    elif found.endswith("_IN_PROGRESS"):
        yield warn("stack", f"{target.stack} is {found}", "Wait, and look again.")
    else:
        yield ok("stack", f"{target.stack} is {found}")


def tables(patient: Patient) -> Iterator[Finding]:
    settings = patient.target.settings
    for name in (settings.state_table, settings.profiles_table):
        dynamodb = boto3.client("dynamodb")
        try:
            found = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        except ClientError as error:
            if not refused_as(error, "ResourceNotFoundException"):
                raise
            continue  # another examination tells
        if found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING"):
            yield ok("tables", f"{name}, with time to live")
        else:
            do = f"python -m ops up --stage {patient.target.stage}"
            yield fail("tables", f"{name} never deletes expired items", do)


def queue(patient: Patient) -> Iterator[Finding]:
    for problem in preflight.time_problems(patient.target):
        yield fail("queue", problem.found, problem.do)
    for queue in patient.target.queues:
        if leftovers.queue(queue.name):  # else another examination tells
            yield _queue(patient.target, queue)


def _queue(target: Target, queue: JobQueue) -> Finding:
    do = f"python -m ops up --stage {target.stage}"
    attributes = dead_letters.attributes(target, queue.name)
    visible = int(attributes["VisibilityTimeout"])
    wanted = queues.visibility(template.RESOURCES.read_text(), target).get(queue.name, visible)
    redrive = json.loads(attributes.get("RedrivePolicy", "{}"))
    dead = str(redrive.get("deadLetterTargetArn", "")).rpartition(":")[2]
    if visible != wanted:
        found = f"jobs of {queue.name} come again after {visible} s, not {wanted} s"
        return fail("queue", found, do)
    if dead != queue.dead_letters or int(redrive["maxReceiveCount"]) != TRIES + 1:
        return fail("queue", f"jobs of {queue.name} are not put aside after {TRIES} tries", do)
    return ok("queue", f"{queue.name}, visibility {visible} s, {TRIES} tries")


def dead(patient: Patient) -> Iterator[Finding]:
    waiting = dead_letters.count(patient.target)
    if waiting:
        do = f"python -m ops dead-letters list --stage {patient.target.stage}"
        yield warn("dead letters", f"{wording.count(waiting, 'answer')} could not be delivered", do)
    else:
        yield ok("dead letters", "none")


def concurrency(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    if problems := list(preflight.concurrency_problems(target)):
        yield from (fail("concurrency", each.found, each.do) for each in problems)
        return
    room, settings = executions.room(target), target.settings
    reserved = sum(executions.reserved(target).values())
    needed = reserved + settings.jobs_at_once + settings.long_at_once + room.kept
    found = f"{room.limit} executions at once in this account"
    if room.limit - room.others < needed:
        do = "Ask for more (Service Quotas, L-B99A9384): a new account has few."
        yield warn("concurrency", f"{found}; door and workers need {needed}", do)
    else:
        yield ok("concurrency", found)
