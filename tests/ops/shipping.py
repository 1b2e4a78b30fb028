"""What deploys do to the functions of a stage, made and found as tests need it."""

import io
import json
import zipfile
from typing import Any

import boto3

from ops import deployed, versions
from ops.target import WORKERS
from tests.ops.operator import Operator


def names(operator: Operator) -> list[str]:
    return versions.functions(deployed.resources(operator.target))


def ship(function: str, release: str) -> None:
    """Gives a function the code and the settings of a release, as Chalice does."""
    lambda_ = boto3.client("lambda")
    lambda_.update_function_code(FunctionName=function, ZipFile=packed(release))
    lambda_.update_function_configuration(
        FunctionName=function, Environment={"Variables": {"RELEASE": release}}
    )


def write_policy(role: str, action: str, name: str = "") -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    boto3.client("iam").put_role_policy(
        RoleName=role, PolicyName=name or role, PolicyDocument=document
    )


def policies(role: str) -> dict[str, str]:
    """What each policy in the role allows."""
    iam, found = boto3.client("iam"), dict[str, str]()
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        found[name] = document["Statement"][0]["Action"]
    return found


def move(function: str, network: Any) -> None:
    boto3.client("lambda").update_function_configuration(FunctionName=function, VpcConfig=network)


def packed(release: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        about = f'"""About it."""\n\n__version__ = "{release}"\n'
        archive.writestr(zipfile.ZipInfo("chalicelib/__init__.py"), about)
    return file.getvalue()


def deploy(operator: Operator, release: str) -> None:
    """What `deploy` does to functions."""
    functions = names(operator)
    versions.keep(operator.target, functions)
    for each in functions:
        ship(each, release)
    versions.settle(operator.target, functions)


def running(operator: Operator) -> dict[str, tuple[str, str]]:
    """The code of each function, and the release that its settings name."""
    lambda_, found = boto3.client("lambda"), {}
    for name in (operator.target.door, *map(operator.target.function, WORKERS)):
        each = lambda_.get_function_configuration(FunctionName=name)
        release = each["Environment"]["Variables"]["RELEASE"]
        found[name] = each["CodeSha256"], release
    return found


def releases(operator: Operator) -> set[str]:
    return {release for _, release in running(operator).values()}


def layer(function: str) -> Any:
    """A new layer that the function uses."""
    made = boto3.client("lambda").publish_layer_version(
        LayerName=function, Content={"ZipFile": packed("a layer")}
    )
    use(function, made["LayerVersionArn"])
    return made


def use(function: str, *layers: str) -> None:
    boto3.client("lambda").update_function_configuration(FunctionName=function, Layers=layers)
