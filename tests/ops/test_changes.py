"""The operator reads what a template would change before it does, and what is dangerous in it."""

import json
import uuid

import pytest

from ops import changes, stack
from ops.errors import Failed
from tests.patience import wait_until

GROUP = "AWS::Logs::LogGroup"


def silently(_: str) -> None:
    pass


def template(stack_name: str, *groups: str, **parameters: object) -> str:
    """A template with a log group for each name."""
    named = {name: f"{stack_name}-{name.lower()}" for name in groups}
    resources = {
        name: {"Type": GROUP, "Properties": {"LogGroupName": group}}
        for name, group in named.items()
    }
    return json.dumps({"Parameters": parameters, "Resources": resources})


def make(name: str, body: str, **parameters: str) -> None:
    planned = changes.plan(name, body, parameters)
    assert planned
    changes.apply(planned, silently)


@pytest.fixture
def name(aws: str) -> str:
    """Of a stack that nobody else has."""
    return f"s{uuid.uuid4().hex[:8]}"


def told(planned: changes.Plan | None) -> set[tuple[str, str, bool]]:
    assert planned
    return {(each.action, each.name, each.destroys) for each in planned.changes}


def test_a_resource_that_goes_is_told_as_destroyed(name: str) -> None:
    make(name, template(name, "One", "Two"))
    planned = changes.plan(name, template(name, "One", "Three"), {})
    assert told(planned) == {("Add", "Three", False), ("Remove", "Two", True)}


def test_a_resource_that_is_replaced_is_told_as_destroyed(name: str) -> None:
    make(name, template(name, "One"))
    renamed = template(name, "One").replace(f"{name}-one", f"{name}-uno")
    planned = changes.plan(name, renamed, {})
    assert told(planned) in ({("Replace", "One", True)}, {("Replace?", "One", False)})


def test_what_a_condition_keeps_out_of_the_stack_is_not_told(name: str) -> None:
    described = json.loads(template(name, "One", "Two", Both={"Type": "String"}))
    described["Conditions"] = {"Both": {"Fn::Equals": [{"Ref": "Both"}, "yes"]}}
    described["Resources"]["Two"]["Condition"] = "Both"
    body = json.dumps(described)
    assert told(changes.plan(name, body, {"Both": "no"})) == {("Add", "One", False)}
    make(name, body, Both="no")
    assert told(changes.plan(name, body, {"Both": "yes"})) == {("Add", "Two", False)}
    make(name, body, Both="yes")
    assert told(changes.plan(name, body, {"Both": "no"})) == {("Remove", "Two", True)}


def test_what_is_not_said_again_stays_as_it_was(name: str) -> None:
    body = template(name, "One", Email={"Type": "String", "Default": ""})
    make(name, body, Email="ops@example.com")
    assert changes.plan(name, body, {}) is None
    assert stack.parameters(name) == {"Email": "ops@example.com"}


def test_a_plan_that_was_never_carried_out_is_no_hindrance(name: str) -> None:
    assert changes.plan(name, template(name, "One"), {})
    assert stack.status(name) == stack.PLANNED
    changes.make_changeable(name, silently)
    make(name, template(name, "One"))
    assert stack.status(name) == "CREATE_COMPLETE"


def test_a_plan_that_is_discarded_leaves_nothing(name: str) -> None:
    planned = changes.plan(name, template(name, "One"), {})
    assert planned
    changes.discard(planned)
    wait_until(lambda: stack.status(name) is None)


def test_why_a_stack_could_not_be_made_is_told(name: str) -> None:
    nobody = "arn:aws:lambda:us-east-1:000000000000:function:nobody"
    properties = {"ServiceToken": nobody, "ServiceTimeout": 1}
    failing = {"Nobody": {"Type": "Custom::Nobody", "Properties": properties}}
    planned = changes.plan(name, json.dumps({"Parameters": {}, "Resources": failing}), {})
    assert planned
    with pytest.raises(Failed, match=r"Nobody: .*Fix that"):
        changes.apply(planned, silently)
