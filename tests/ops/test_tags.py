"""All that a stage is made of says whose it is."""

import boto3
import pytest

from ops import tags
from ops.region import region
from ops.target import read_config, write_config
from tests.ops import deployment, refusals
from tests.ops.operator import Operator


@pytest.fixture
def tagging(operator: Operator) -> Operator:
    """An operator whose configuration has tags of the team's own, and whose stage is deployed."""
    file = operator.target.config_file
    config = read_config(file)
    config["tags"] = {"team": "shop", "cost": "1"}
    config["stages"][operator.stage]["tags"] = {"cost": "2"}
    write_config(file, config)
    operator.types("up", "--yes", "--fixed-exit", "none")
    return operator


def wanted(operator: Operator) -> dict[str, str]:
    return {"team": "shop", "cost": "2", "wechalice:stage": operator.stage}


def test_stacks_tag_what_they_make(tagging: Operator) -> None:
    cloudformation = boto3.client("cloudformation")
    (stack,) = cloudformation.describe_stacks(StackName=tagging.target.stack)["Stacks"]
    assert {each["Key"]: each["Value"] for each in stack["Tags"]} == wanted(tagging)


def test_functions_roles_and_api_are_tagged_after_a_deploy(tagging: Operator) -> None:
    api = deployment.make(tagging.target)
    tags.put(tagging.target)
    lambda_, iam, door = boto3.client("lambda"), boto3.client("iam"), tagging.target.door
    arn = lambda_.get_function_configuration(FunctionName=door)["FunctionArn"]
    assert lambda_.list_tags(Resource=arn)["Tags"].items() >= wanted(tagging).items()
    role = iam.list_role_tags(RoleName=f"{door}-worker")["Tags"]
    assert {each["Key"]: each["Value"] for each in role} == wanted(tagging)
    of_api = f"arn:aws:apigateway:{region()}::/restapis/{api}"
    found = boto3.client("apigateway").get_tags(resourceArn=of_api)
    assert found["tags"] == wanted(tagging)


def test_a_deploy_goes_on_where_nobody_may_tag(
    tagging: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment.make(tagging.target)
    told = ("AccessDenied", "not authorized to perform: iam:TagRole")
    with refusals.of_call(boto3.client("iam"), "TagRole", *told):
        tags.put(tagging.target)
    assert "iam:TagRole" in capsys.readouterr().out
