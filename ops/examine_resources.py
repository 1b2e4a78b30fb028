"""Compares what AWS has with the templates, resource by resource."""

from collections.abc import Iterator

from . import (
    lambda_functions,
    log_groups,
    losses,
    muted_alarms,
    network_presence,
    presence,
    stack,
    tables,
    template,
)
from .findings import Finding, Patient, fail, ok
from .target import AT_EXIT


def resources(patient: Patient) -> Iterator[Finding]:
    target, found = patient.target, 0
    do = f"python -m ops up --stage {target.stage}"
    for text, name in presence.standing(target):  # another examination tells of the rest
        known = stack.resources(name)
        gone = presence.gone(text, target, name)
        yield from (
            fail("resources", losses.told(each, made=each.logical in known), do) for each in gone
        )
        found += len([*presence.described(text, target, name)]) - len(gone)
    if found:
        yield ok("resources", f"{found} of the templates are there")


def logs(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    do = f"python -m ops up --stage {target.stage}"
    changed = [*log_groups.changed(template.RESOURCES.read_text(), target)]
    for each in changed:
        kept = f"{each.found} days" if each.found else "for ever"
        yield fail("logs", f"{each.name} keeps its lines {kept}, not {each.wanted} days", do)


def backups(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    for name in tables.without_backups(template.RESOURCES.read_text(), target):
        do = f"python -m ops up --stage {target.stage}"
        yield fail("backups", f"{name} has no point-in-time recovery", do)


def muted(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    if names := muted_alarms.found(template.RESOURCES.read_text(), target):
        told = f"somebody has switched off the actions of {', '.join(names)}"
        yield fail("muted alarms", told, f"python -m ops up --stage {target.stage}")


def fixed_exit(patient: Patient) -> Iterator[Finding]:
    target = patient.target
    do = f"python -m ops up --stage {target.stage}"
    for worker in AT_EXIT:
        deployed = lambda_functions.look(target.function(worker))
        wanted = {*target.function_setting(worker, "subnet_ids", ())}
        wanted |= {*(deployed.subnets if deployed else ())}
        found = network_presence.among("AWS::EC2::Subnet", [*wanted]) if wanted else set[str]()
        if lost := wanted - found:
            yield fail(
                "fixed exit",
                f"{worker} runs in subnets that are gone: {', '.join(sorted(lost))}",
                f"{do}, then python -m ops deploy --stage {target.stage}",
            )
