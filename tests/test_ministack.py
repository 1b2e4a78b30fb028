"""What runs as AWS on one's own machine runs nobody's code, and no web page reads from it."""

import io
import json
import zipfile
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.patience import PATIENCE

CODE = "open({path!r}, 'w')\ndef handler(event, context):\n    open({path!r}, 'w')\n"
SIGNED = {"Authorization": "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/ssm/aws4_request"}
READ = {"X-Amz-Target": "AmazonSSM.GetParameter", "Content-Type": "application/x-amz-json-1.1"}


def test_no_function_can_be_made_or_run(aws: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    client = boto3.client("lambda")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE.format(path=str(trace)))
    with pytest.raises(ClientError):
        client.create_function(
            FunctionName="evil",
            Runtime="python3.12",
            Role="arn:aws:iam::000000000000:role/evil",
            Handler="index.handler",
            Code={"ZipFile": packed.getvalue()},
        )
    with pytest.raises(ClientError):
        client.invoke(FunctionName="evil")
    assert not trace.exists()


def test_a_stack_with_a_function_of_its_own_runs_nothing(aws: str, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    function = {
        "Runtime": "python3.12",
        "Role": "arn:aws:iam::000000000000:role/evil",
        "Handler": "index.handler",
        "Code": {"ZipFile": CODE.format(path=str(trace))},
    }
    custom = {"ServiceToken": {"Fn::GetAtt": ["Evil", "Arn"]}, "ServiceTimeout": 1}
    resources = {
        "Evil": {"Type": "AWS::Lambda::Function", "Properties": function},
        "Run": {"Type": "Custom::Run", "Properties": custom},
    }
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName="evil", TemplateBody=json.dumps({"Resources": resources}))
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName="evil", WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
    assert not trace.exists()


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {**READ, "Origin": "https://evil.example"}),
        ("POST", {"Content-Type": "text/plain", "Origin": "null"}),
        ("POST", {**READ, "Authorization": "Basic bG9jYWw6bG9jYWw="}),
        ("POST", {**READ, **SIGNED, "Host": "evil.example"}),
        ("OPTIONS", {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}),
        ("GET", {}),
    ],
)
def test_what_a_web_page_can_send_is_refused_and_allows_it_nothing(
    aws: str, method: str, headers: dict[str, str]
) -> None:
    name = "/wechalice/dev/token"
    boto3.client("ssm").put_parameter(Name=name, Value="secret", Type="String", Overwrite=True)
    response = httpx.request(
        method, aws, content=json.dumps({"Name": name}), headers=headers, timeout=PATIENCE
    )
    assert response.status_code == 403
    assert "secret" not in response.text
    assert not any(name.startswith("access-control") for name in response.headers)
