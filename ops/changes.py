"""What a template would change in a stack, and the change itself.

For each state of a stack there is one of three ways: wait for it, bring the stack back to a state
that can be changed, or leave it alone and say what to do.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from . import stack as stacks
from . import template as templates
from .errors import Failed
from .stack import Progress

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.literals import ChangeSetTypeType
    from mypy_boto3_cloudformation.type_defs import (
        DescribeChangeSetOutputTypeDef,
        ParameterTypeDef,
        ResourceChangeTypeDef,
        ResourceToImportTypeDef,
    )

_REPLACED = {"True": "Replace", "Conditional": "Replace?"}
_NOTHING = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one resource; `action` is Add, Modify, Replace, Replace? or Remove."""

    action: str
    name: str
    kind: str
    destroys: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Changes that CloudFormation has prepared and not made yet."""

    stack: str
    change_set: str
    changes: tuple[Change, ...]


def make_changeable(stack: str, progress: Progress) -> None:
    """Brings a stack that an earlier run left unfinished into a state that can be changed.

    Raises Failed if only an operator can do that.
    """
    found = stacks.settled(stack, progress, stacks.PLANNED)
    if found in stacks.NEVER_WORKED:
        progress(
            f"{stack} could not be created last time ({found}); removing it to create it again"
        )
        stacks.delete(stack, progress)
    if found == "UPDATE_ROLLBACK_FAILED":
        progress(f"{stack} is stuck in an earlier change ({found}); AWS continues to roll it back")
        stacks.client().continue_update_rollback(StackName=stack)
        found = stacks.settled(stack, progress)
    if found == stacks.PLANNED:  # by a run that was interrupted
        stacks.delete(stack, progress)
    if found in ("DELETE_FAILED", "UPDATE_ROLLBACK_FAILED"):
        raise Failed(
            f"The stack {stack} is {found}: {'; '.join(stacks.reasons(stack))}. See its events in "
            "CloudFormation's console, fix what they name, and run it again. To start from "
            "nothing, run `python -m ops down` for its stage first."
        )


def plan(
    stack: str,
    template: str,
    parameters: Mapping[str, str],
    tags: Mapping[str, str] | None = None,
) -> Plan | None:
    """What `template` would change, or None if it changes nothing. Raises Failed.

    Without `tags` the stack keeps those that it has.
    """
    kind: ChangeSetTypeType = "CREATE" if stacks.status(stack) is None else "UPDATE"
    name = f"ops-{uuid4().hex}"
    stacks.client().create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType=kind,
        TemplateBody=template,
        Parameters=_parameters(stack, template, parameters),
        Capabilities=["CAPABILITY_AUTO_EXPAND"],  # for a Transform
        **_tags(tags),
    )
    return _planned(stack, name)


def take_over(
    stack: str,
    template: str,
    parameters: Mapping[str, str],
    leftovers: "list[ResourceToImportTypeDef]",
    progress: Progress,
) -> None:
    """Puts resources that exist already into a stack, without changing them. Raises Failed."""
    name = f"ops-{uuid4().hex}"
    stacks.client().create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType="IMPORT",
        ResourcesToImport=leftovers,
        TemplateBody=template,
        Parameters=_parameters(stack, template, parameters),
        Capabilities=["CAPABILITY_AUTO_EXPAND"],
    )
    if planned := _planned(stack, name):
        apply(planned, progress)


def apply(plan: Plan, progress: Progress) -> None:
    """Makes the changes. Raises Failed, with the reasons, if AWS rolled them back."""
    stacks.client().execute_change_set(StackName=plan.stack, ChangeSetName=plan.change_set)
    status = stacks.settled(plan.stack, progress)
    if status not in stacks.HEALTHY:
        raise Failed(
            f"CloudFormation could not change {plan.stack} ({status}): "
            f"{'; '.join(stacks.reasons(plan.stack))}. "
            "Fix that and run it again."
        )


def discard(plan: Plan) -> None:
    """Deletes changes that were not made, and the empty stack that was made for them, if any."""
    stacks.client().delete_change_set(StackName=plan.stack, ChangeSetName=plan.change_set)
    if stacks.status(plan.stack) == stacks.PLANNED:
        stacks.client().delete_stack(StackName=plan.stack)


def _planned(stack: str, name: str) -> Plan | None:
    """The changes of a change set, once they are prepared. Raises Failed."""
    found = _prepared(stack, name)
    changes = tuple(_change(each["ResourceChange"]) for each in found["Changes"])
    planned = Plan(stack, name, changes)
    if found["Status"] != "FAILED":
        return planned
    discard(planned)
    reason = found.get("StatusReason", "")
    if any(words in reason for words in _NOTHING):
        return None
    raise Failed(f"CloudFormation refuses the template of {stack}: {reason}")


def _prepared(stack: str, name: str) -> "DescribeChangeSetOutputTypeDef":
    for pause in stacks.pauses():
        found = stacks.client().describe_change_set(StackName=stack, ChangeSetName=name)
        if found["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            return found
        time.sleep(pause)
    raise AssertionError("pauses never end")


def _tags(tags: Mapping[str, str] | None) -> Any:
    """The argument for them; an empty one would take away those that the stack has."""
    if tags is None:
        return {}
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _parameters(stack: str, template: str, given: Mapping[str, str]) -> "list[ParameterTypeDef]":
    """The `given` parameters, and the stack's own values for the other ones of the template."""
    declared = templates.read(template)["Parameters"]
    kept = [name for name in stacks.parameters(stack) if name in declared and name not in given]
    parameters: list[ParameterTypeDef] = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in given.items()
    ]
    parameters += [{"ParameterKey": name, "UsePreviousValue": True} for name in kept]
    return parameters


def _change(found: "ResourceChangeTypeDef") -> Change:
    replacement = found.get("Replacement", "False")
    replaced = replacement == "True"
    removed = found["Action"] == "Remove" and found.get("PolicyAction") != "Retain"
    return Change(
        action=_REPLACED.get(replacement, found["Action"]),
        name=found["LogicalResourceId"],
        kind=found["ResourceType"],
        destroys=replaced or removed,
    )
