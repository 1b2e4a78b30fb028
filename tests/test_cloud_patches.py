"""What the AWS to deploy to changes in MiniStack still has to be changed, and works."""

import inspect
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from ministack.core import (  # type: ignore[import-untyped]
    iam_actions,
    iam_evaluator,
    lambda_runtime,
)
from ministack.services import cloudwatch_logs, lambda_svc  # type: ignore[import-untyped]
from ministack.services.cloudformation import changesets  # type: ignore[import-untyped]

from local import environment, ministack, ports
from tests.e2e import cloud

append = cloudwatch_logs._append_log_events  # noqa: SLF001
LAMBDA = "lambda.amazonaws.com"
TRUST = {"Effect": "Allow", "Principal": {"Service": LAMBDA}, "Action": "sts:AssumeRole"}
DOCUMENT = {
    "swagger": "2.0",
    "info": {"title": "imported", "version": "1.0"},
    "paths": {
        "/one": {
            "get": {
                "x-amazon-apigateway-integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "uri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/i",
                }
            }
        }
    },
}


@pytest.fixture(scope="module")
def to_deploy_to(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The AWS of `make rehearse`, which every client made from now on talks to."""
    with cloud.running(tmp_path_factory.mktemp("cloud")) as site:
        yield site


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of MiniStack as it is, without our changes."""
    directory = tmp_path_factory.mktemp("plain")
    with ministack.running(ports.free(), directory, "apigateway", "ministack") as endpoint:
        yield endpoint


def gateway_of(endpoint: str) -> Any:
    return boto3.client(
        "apigateway",
        region_name=environment.REGION,
        endpoint_url=endpoint,
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


def invoked(name: str, handler: str, code: str) -> Any:
    """What a new function `name` returns, with `code` as its whole app.py."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", code)
    policy = {"Version": "2012-10-17", "Statement": [TRUST]}
    role = boto3.client("iam").create_role(
        RoleName=f"role-{name}", AssumeRolePolicyDocument=json.dumps(policy)
    )
    client = boto3.client("lambda")
    client.create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=role["Role"]["Arn"],
        Handler=handler,
        Code={"ZipFile": packed.getvalue()},
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name)
    return json.loads(client.invoke(FunctionName=name)["Payload"].read())


@pytest.mark.parametrize("handler", ["app.app", "app.worker", "app.morning"])
def test_a_function_is_run_by_its_handler_and_knows_it(to_deploy_to: str, handler: str) -> None:
    name = handler.partition(".")[2]
    code = (
        "import os\n"
        'at_import = os.environ["_HANDLER"]\n'
        f'def {name}(event, context): return [at_import, "{name}"]\n'
    )
    assert invoked(f"run-{name}-nightly", handler, code) == [handler, name]


def test_a_function_finds_boto3_and_nothing_else_of_this_machine(to_deploy_to: str) -> None:
    code = (
        "from importlib.util import find_spec\n"
        'def app(event, context): return [bool(find_spec(each)) for each in ("boto3", "pytest")]\n'
    )
    assert invoked("packages", "app.app", code) == [True, False]


def test_a_schedule_can_be_set(to_deploy_to: str) -> None:
    rule = boto3.client("events").put_rule(Name="nightly", ScheduleExpression="rate(1 day)")
    assert rule["RuleArn"].endswith(":rule/nightly")


def test_an_imported_api_has_the_routes_of_its_document(to_deploy_to: str) -> None:
    gateway = boto3.client("apigateway")
    api = gateway.import_rest_api(body=json.dumps(DOCUMENT))["id"]
    paths = {each["path"] for each in gateway.get_resources(restApiId=api)["items"]}
    assert paths == {"/", "/one"}


def test_the_address_of_an_api_can_be_closed(to_deploy_to: str) -> None:
    gateway = boto3.client("apigateway")
    api = gateway.create_rest_api(name="made")["id"]
    close: Any = {"op": "replace", "path": "/disableExecuteApiEndpoint", "value": "True"}
    gateway.update_rest_api(restApiId=api, patchOperations=[close])
    assert gateway.get_rest_api(restApiId=api)["disableExecuteApiEndpoint"]


class TestMiniStackAsItIs:
    """Fails when MiniStack closes a gap: then remove what closes it here."""

    def test_an_imported_api_has_no_routes(self, plain: str) -> None:
        gateway = gateway_of(plain)
        api = gateway.import_rest_api(body=json.dumps(DOCUMENT))["id"]
        assert [each["path"] for each in gateway.get_resources(restApiId=api)["items"]] == ["/"]

    def test_an_api_without_compression_is_not_understood(self, plain: str) -> None:
        gateway = gateway_of(plain)
        api = gateway.create_rest_api(name="made")["id"]
        none = {"op": "replace", "path": "/minimumCompressionSize", "value": ""}
        with pytest.raises(ValueError, match="invalid literal"):  # botocore reads the answer
            gateway.update_rest_api(restApiId=api, patchOperations=[none])

    @pytest.mark.parametrize(
        ("service", "path", "call", "body"),
        [
            ("ssm", "/", "AmazonSSM.GetParameters", b'{"Names": ["/one"]}'),
            ("ssm", "/", "AmazonSSM.GetParametersByPath", b'{"Path": "/one"}'),
            ("lambda", "/2015-03-31/functions", "", b'{"FunctionName": "one"}'),
            ("monitoring", "/", "", b"Action=DescribeAlarms"),
        ],
    )
    def test_permission_is_asked_for_everything(
        self, service: str, path: str, call: str, body: bytes
    ) -> None:
        headers = {"x-amz-target": call}
        request: Any = ("POST", path, headers, body, {}, environment.REGION, "000000000000")
        assert iam_actions.extract_resource_arn(service, *request) == "*"

    def test_lines_of_a_log_have_no_ids(self) -> None:
        stream: dict[str, Any] = {
            "events": [],
            "firstEventTimestamp": None,
            "lastEventTimestamp": None,
        }
        append(stream, [{"timestamp": 1, "ingestionTime": 1, "message": "one"}])
        assert "eventId" not in stream["events"][0]

    def test_a_line_has_to_have_all_of_several_texts(self) -> None:
        assert not cloudwatch_logs._compile_filter_pattern('?"one" ?"two"')("one")  # noqa: SLF001

    def test_that_a_function_cannot_be_loaded_is_told_in_words_of_its_own(self) -> None:
        assert "Worker init failed: " in inspect.getsource(lambda_runtime)

    def test_a_change_set_has_what_a_condition_keeps_out(self) -> None:
        never = {"Never": {"Fn::Equals": ["1", "2"]}}
        template = {"Conditions": never, "Resources": {"One": {"Condition": "Never"}}}
        resolved = changesets._resolve_props_for_diff(template, {}, "one", "1")  # noqa: SLF001
        assert "One" in resolved["Resources"]

    def test_a_function_gets_a_queue_twice(self) -> None:
        assert "Conflict" not in inspect.getsource(lambda_svc._create_esm)  # noqa: SLF001

    def test_the_address_of_a_functions_code_names_no_version(self) -> None:
        address = inspect.signature(lambda_svc._presigned_code_url)  # noqa: SLF001
        assert list(address.parameters) == ["func_name"]

    def test_a_failed_job_stops_the_queue_for_a_moment(self) -> None:
        assert lambda_svc._ESM_BACKOFF_SECONDS > 0  # noqa: SLF001

    @pytest.mark.parametrize(
        ("function", "parameters"),
        [
            (
                iam_evaluator.enforce,
                "access_key_id iam_action service region resource_arn service_context",
            ),
            (lambda_runtime.execution_credentials, "config"),
            (lambda_runtime.kill_workers, "workers"),
            (append, "stream events"),
            (lambda_svc._create_esm, "data"),  # noqa: SLF001
            (lambda_svc._execute_function_warm, "func event request_id"),  # noqa: SLF001
            (cloudwatch_logs._compile_filter_pattern, "raw"),  # noqa: SLF001
            (lambda_svc._get_function, "name qualifier"),  # noqa: SLF001
        ],
    )
    def test_what_is_replaced_is_called_as_before(
        self, function: Callable[..., Any], parameters: str
    ) -> None:
        assert list(inspect.signature(function).parameters) == parameters.split()

    def test_a_function_is_not_told_its_handler(self) -> None:
        assert "_HANDLER" not in inspect.getsource(lambda_runtime.Worker)
