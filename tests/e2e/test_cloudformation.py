"""`chalice package` and CloudFormation, for teams that deploy by stacks alone."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from ops import throttling
from tests.e2e.deployment import Deployment, somebody
from tests.patience import wait_until

STAGE = "shop"
STACK = f"wechalice-{STAGE}-functions"
LIMITS = [
    {
        "ResourcePath": "/" + path.rpartition("/")[0],
        "HttpMethod": path.rpartition("/")[2],
        "ThrottlingRateLimit": rate,
        "ThrottlingBurstLimit": burst,
    }
    for path, (rate, burst) in throttling.RATES.items()
]
ADDED = {
    "Resources": {
        "APIHandler": {"Properties": {"FunctionName": f"wechalice-{STAGE}"}},
        "Worker": {"Properties": {"FunctionName": f"wechalice-{STAGE}-worker"}},
        "LongWorker": {"Properties": {"FunctionName": f"wechalice-{STAGE}-long_worker"}},
        "WechatCaller": {"Properties": {"FunctionName": f"wechalice-{STAGE}-wechat_caller"}},
        "RestAPI": {"Properties": {"MethodSettings": LIMITS}},
    }
}
"""What Chalice's template misses: names by which policies and alarms know the functions, and the
limits that `python -m ops deploy` sets."""


@pytest.fixture(scope="module")
def shop(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A second account, as a copy of the first, in a stack of its own."""
    shop = replace(deployment, stage=STAGE)
    deployment.types("stage", STAGE, "--like", deployment.stage)
    shop.configure()
    shop.ops("up", "--yes", "--fixed-exit", "none", "--alarm-email", "none")
    keep_secrets(deployment.stage, STAGE)
    stack = made(packaged(shop.project, tmp_path_factory.mktemp("out")))
    endpoint = boto3.client("sts").meta.endpoint_url
    yield replace(shop, site=f"{endpoint}/_aws/execute-api/{stack['RestAPIId']}/api")
    boto3.client("cloudformation").delete_stack(StackName=STACK)
    shop.ops("down", "--yes")


def test_a_stage_that_cloudformation_made_answers(shop: Deployment) -> None:
    user = somebody()
    wait_until(lambda: shop.write("slow", user).reply == "a moment")
    wait_until(lambda: "slow" in shop.heard(user))
    wait_until(lambda: shop.write("fast", somebody()).answers())
    assert limits(shop) == {path: rate for path, (rate, _) in throttling.RATES.items()}


def test_doctor_finds_nothing_wrong_with_it_and_others_leave_it_to_its_stack(
    shop: Deployment,
) -> None:
    found = shop.asks("doctor")
    assert [each for each in found if each["state"] == "fail"] == []
    for command in ("deploy", "down"):
        program = [sys.executable, "-m", "ops", command, "--stage", STAGE, "--yes"]
        done = subprocess.run(
            program, check=False, cwd=shop.project, capture_output=True, text=True
        )
        assert done.returncode == 1
        assert f"The stack {STACK} of CloudFormation" in done.stderr
    assert {"functions", "policies", "event sources"} <= {each["check"] for each in found}


def limits(shop: Deployment) -> dict[str, float]:
    api = shop.site.split("/")[-2]
    found = boto3.client("apigateway").get_stage(restApiId=api, stageName="api")["methodSettings"]
    return {path.lstrip("/"): each["throttlingRateLimit"] for path, each in found.items()}


def packaged(project: Path, out: Path) -> Path:
    """The folder where `chalice package` puts template and zip."""
    added = out / "added.json"
    added.write_text(json.dumps(ADDED))
    program = "import sys; from chalice.cli import main; sys.exit(main())"
    options = ["package", "--stage", STAGE, "--merge-template", str(added), str(out)]
    subprocess.run([sys.executable, "-c", program, *options], cwd=project, check=True)
    return out


def made(package: Path) -> dict[str, str]:
    """The outputs of the stack of a package, put on AWS as `aws cloudformation` does."""
    s3, cloudformation = boto3.client("s3"), boto3.client("cloudformation")
    s3.create_bucket(Bucket=STACK)
    s3.upload_file(str(package / "deployment.zip"), STACK, "deployment.zip")
    template = (package / "sam.json").read_text()
    cloudformation.create_stack(
        StackName=STACK,
        TemplateBody=template.replace("./deployment.zip", f"s3://{STACK}/deployment.zip"),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def keep_secrets(of: str, stage: str) -> None:
    """Gives a stage the secrets of another, so that WeChat's side fits both."""
    ssm = boto3.client("ssm")
    found = ssm.get_parameters_by_path(Path=f"/wechalice/{of}", WithDecryption=True)
    for each in found["Parameters"]:
        name = each["Name"].replace(of, stage)
        ssm.put_parameter(Name=name, Value=each["Value"], Type="SecureString")
