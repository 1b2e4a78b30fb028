"""What happens to a stack in states that no emulator reaches."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import pytest

from local import environment
from ops import changes, stack
from ops.errors import Failed
from tests.backends import Answer, Request, backend

NAME = "wechalice-prod"
TEMPLATE = '{"Parameters": {"Stage": {}, "AlarmEmail": {}}, "Resources": {}}'


@dataclass
class CloudFormation:
    """One stack, which is in these states in turn, and in the last one ever after."""

    states: list[str]
    change: str
    asked: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode()))
        self.asked.append(form)
        action = form["Action"]
        told = getattr(self, action, lambda: "")()
        return Answer(
            f"<{action}Response><{action}Result>{told}</{action}Result></{action}Response>"
        )

    def did(self) -> list[str]:
        """The changes that it was asked for, without the questions."""
        actions = [each["Action"] for each in self.asked]
        return [each for each in actions if not each.startswith("Describe")]

    def DescribeStacks(self) -> str:  # noqa: N802 - AWS's own
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        kept = "<member><ParameterKey>AlarmEmail</ParameterKey></member>"
        told = f"<StackName>{NAME}</StackName><StackStatus>{state}</StackStatus>"
        return f"<Stacks><member>{told}<Parameters>{kept}</Parameters></member></Stacks>"

    def DescribeStackEvents(self) -> str:  # noqa: N802
        told = "<ResourceStatus>UPDATE_FAILED</ResourceStatus><LogicalResourceId>Jobs"
        why = "</LogicalResourceId><ResourceStatusReason>no room</ResourceStatusReason>"
        return f"<StackEvents><member>{told}{why}</member></StackEvents>"

    def DescribeChangeSet(self) -> str:  # noqa: N802
        resource = "<LogicalResourceId>Jobs</LogicalResourceId><ResourceType>Queue</ResourceType>"
        change = f"<ResourceChange>{resource}{self.change}</ResourceChange>"
        return f"<Status>CREATE_COMPLETE</Status><Changes><member>{change}</member></Changes>"


Start = Callable[..., CloudFormation]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    with ExitStack() as running:

        def started(*states: str, change: str = "<Action>Add</Action>") -> CloudFormation:
            fake = CloudFormation([*states], change)
            url = running.enter_context(backend(fake)).url
            for name, value in environment.isolated(os.environ, url).items():
                monkeypatch.setenv(name, value)
            return fake

        yield started


def silently(_: str) -> None:
    pass


def test_a_change_that_could_not_be_taken_back_is_taken_back_again(start: Start) -> None:
    aws = start("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_COMPLETE")
    changes.make_changeable(NAME, silently)
    assert aws.did() == ["ContinueUpdateRollback"]


@pytest.mark.parametrize("state", ["UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"])
def test_what_only_an_operator_can_fix_is_told_with_the_reason(start: Start, state: str) -> None:
    aws = start(state)
    with pytest.raises(Failed, match=f"{state}: Jobs: no room.*python -m ops down"):
        changes.make_changeable(NAME, silently)
    assert "DeleteStack" not in aws.did()


def test_what_somebody_else_is_changing_is_waited_for(start: Start) -> None:
    aws = start("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE")
    said: list[str] = []
    changes.make_changeable(NAME, said.append)
    assert said == [f"{NAME}: UPDATE_IN_PROGRESS", f"{NAME}: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"]
    assert aws.did() == []


def test_a_change_that_was_taken_back_is_told_with_the_reason(start: Start) -> None:
    start("UPDATE_ROLLBACK_COMPLETE")
    with pytest.raises(Failed, match=r"Jobs: no room.*Fix that"):
        changes.apply(changes.Plan(NAME, "set", ()), silently)


def test_a_stack_that_cannot_be_deleted_is_told_with_the_reason(start: Start) -> None:
    start("DELETE_FAILED")
    with pytest.raises(Failed, match=r"Jobs: no room.*Fix that"):
        stack.delete(NAME, silently)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("<Action>Modify</Action><Replacement>True</Replacement>", ("Replace", True)),
        ("<Action>Modify</Action><Replacement>Conditional</Replacement>", ("Replace?", False)),
        ("<Action>Modify</Action><Replacement>False</Replacement>", ("Modify", False)),
        ("<Action>Remove</Action>", ("Remove", True)),
        ("<Action>Remove</Action><PolicyAction>Delete</PolicyAction>", ("Remove", True)),
        ("<Action>Remove</Action><PolicyAction>Retain</PolicyAction>", ("Remove", False)),
    ],
)
def test_what_destroys_something_is_told_as_such(
    start: Start, change: str, told: tuple[str, bool]
) -> None:
    start("UPDATE_COMPLETE", change=change)
    planned = changes.plan(NAME, TEMPLATE, {"Stage": "prod"})
    assert planned
    assert [(each.action, each.destroys) for each in planned.changes] == [told]


def test_a_setting_that_is_not_said_again_stays(start: Start) -> None:
    aws = start("UPDATE_COMPLETE")
    changes.plan(NAME, TEMPLATE, {"Stage": "prod"})
    (asked,) = [each for each in aws.asked if each["Action"] == "CreateChangeSet"]
    assert asked["Parameters.member.1.ParameterValue"] == "prod"
    assert asked["Parameters.member.2.ParameterKey"] == "AlarmEmail"
    assert asked["Parameters.member.2.UsePreviousValue"] == "true"
