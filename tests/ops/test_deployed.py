"""Chalice learns what is deployed already, from whichever checkout somebody deploys."""

import json
from typing import Any

import boto3
import pytest

from ops import deployed, stack, throttling
from ops.errors import Failed
from tests import breaks
from tests.ops import deployment, refusals
from tests.ops.letters import bury
from tests.ops.operator import Operator


def record(operator: Operator) -> None:
    deployed.record(operator.target, deployed.resources(operator.target))


def written(operator: Operator) -> dict[str, dict[str, Any]]:
    file = operator.project / ".chalice" / "deployed" / f"{operator.stage}.json"
    return {each["name"]: each for each in json.loads(file.read_text())["resources"]}


def test_a_fresh_checkout_learns_what_is_deployed(standing: Operator) -> None:
    api = deployment.make(standing.target)
    record(standing)
    known = written(standing)
    assert known["rest_api"]["rest_api_id"] == api
    assert known["api_handler"]["lambda_arn"].endswith(f":{standing.target.door}")
    assert known["api_handler_role"]["role_name"] == f"{standing.target.door}-api_handler"
    for queue in standing.target.queues:
        function = standing.target.function(queue.worker)
        assert known[queue.worker]["lambda_arn"].endswith(f":{function}")
        assert known[f"{queue.worker}-sqs-event-source"]["queue"] == queue.name
        assert known[f"{queue.worker}-sqs-event-source"]["event_uuid"]


def test_the_api_of_another_stage_is_left_alone(standing: Operator) -> None:
    other = f"{standing.target.door}-x"
    deployment.make_function(other, f"{standing.stage}-x", "any")
    deployment.make_api(other)
    assert deployed.rest_api(standing.target) is None
    assert deployed.resources(standing.target) == []


def test_a_function_of_another_app_is_left_alone(shipped: Operator) -> None:
    name, tag = f"{shipped.target.door}-nightly", f"stage={shipped.stage}:app=other"
    deployment.make_function(name, shipped.stage, "any")
    arn = boto3.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    boto3.client("lambda").tag_resource(Resource=arn, Tags={"aws-chalice": tag})
    record(shipped)
    assert "nightly" not in written(shipped)


def test_functions_whose_tags_are_hidden_are_not_taken_for_anothers(shipped: Operator) -> None:
    with_app(shipped)
    before = deployed.resources(shipped.target)
    with refusals.of_tags():
        result = shipped.types("down", "--yes")
        with pytest.raises(Failed, match="lambda:ListTags"):
            record(shipped)
    assert result.exit_code == 1
    assert "ask for the permission lambda:ListTags" in result.stderr
    assert deployed.resources(shipped.target) == before


def test_a_function_that_has_lost_its_tags_is_not_taken_for_anothers(shipped: Operator) -> None:
    before = deployed.resources(shipped.target)
    breaks.remove_tags(shipped.target)
    for command in ("down", "deploy"):
        result = shipped.types(command, "--yes")
        assert result.exit_code == 1
        assert "worker has lost its tag aws-chalice" in result.stderr
        assert "aws lambda tag-resource --resource arn:aws:lambda:" in result.stderr
    breaks.tag_again(shipped.target)
    assert deployed.resources(shipped.target) == before


def test_the_event_source_of_a_function_that_was_deleted_is_found(shipped: Operator) -> None:
    before = event_source(shipped)
    boto3.client("lambda").delete_function(FunctionName=shipped.target.function("worker"))
    assert event_source(shipped) == before
    assert "worker" not in written(shipped)
    with_app(shipped)
    assert shipped.types("down", "--yes").exit_code == 0
    left = boto3.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert before["event_uuid"] not in {each["UUID"] for each in left}


def test_the_event_source_of_a_function_of_another_app_is_left_alone(shipped: Operator) -> None:
    arn = event_source(shipped)["lambda_arn"]
    tag = f"stage={shipped.stage}:app=other"
    boto3.client("lambda").tag_resource(Resource=arn, Tags={"aws-chalice": tag})
    record(shipped)
    assert "worker-sqs-event-source" not in written(shipped)


def event_source(operator: Operator) -> dict[str, Any]:
    """That of the worker, as Chalice gets to know it."""
    record(operator)
    return written(operator)["worker-sqs-event-source"]


def test_an_api_in_china_is_under_chinas_own_domain(
    standing: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    monkeypatch.setenv("AWS_REGION", "cn-north-1")
    assert deployed.api_url("a1") == "https://a1.execute-api.cn-north-1.amazonaws.com.cn/api/"


def test_nothing_is_written_down_where_nothing_is(standing: Operator) -> None:
    record(standing)
    assert not (standing.project / ".chalice" / "deployed" / f"{standing.stage}.json").exists()


def test_what_aws_has_counts_more_than_an_old_file(shipped: Operator) -> None:
    record(shipped)
    boto3.client("apigateway").delete_rest_api(
        restApiId=written(shipped)["rest_api"]["rest_api_id"]
    )
    api = deployment.make_api(shipped.target.door)
    record(shipped)
    assert written(shipped)["rest_api"]["rest_api_id"] == api


def test_what_only_the_file_knows_stays(shipped: Operator) -> None:
    record(shipped)
    file = shipped.project / ".chalice" / "deployed" / f"{shipped.stage}.json"
    known = json.loads(file.read_text())
    schedule = {"name": "nightly", "resource_type": "cloudwatch_event", "rule_name": "nightly"}
    file.write_text(json.dumps({**known, "resources": [*known["resources"], schedule]}))
    record(shipped)
    assert written(shipped)["nightly"] == schedule


def test_what_an_interrupted_deploy_has_made_is_found(standing: Operator) -> None:
    boto3.client("iam").create_role(
        RoleName=f"{standing.target.door}-worker", AssumeRolePolicyDocument="{}"
    )
    record(standing)
    assert written(standing).keys() == {"worker_role"}


def test_of_two_apis_the_operator_has_to_choose(standing: Operator) -> None:
    apis = [deployment.make_api(standing.target.door) for _ in range(2)]
    with pytest.raises(Failed, match="delete-rest-api") as caught:
        deployed.rest_api(standing.target)
    assert all(api in str(caught.value) for api in apis)


def test_public_routes_are_limited_and_pushes_are_not_slowed(standing: Operator) -> None:
    api = deployment.make(standing.target)
    throttling.limit(api)
    found = boto3.client("apigateway").get_stage(restApiId=api, stageName="api")["methodSettings"]
    limits = {path.lstrip("/"): each["throttlingRateLimit"] for path, each in found.items()}
    assert limits["*/*"] < 5000
    assert limits["wechat/POST"] >= 5000


def test_down_deletes_what_was_deployed_from_elsewhere(shipped: Operator) -> None:
    with_app(shipped)
    result = shipped.types("down", answers=f"{shipped.stage}\n")
    assert result.exit_code == 0, result.output
    assert deployed.resources(shipped.target) == []
    assert stack.status(shipped.target.stack) is None
    urls = boto3.client("sqs").list_queues().get("QueueUrls", [])
    assert {each.name for each in shipped.target.queues} <= {url.split("/")[-1] for url in urls}
    assert "Kept: profiles, 4 queues, 4 logs, the secrets" in result.stdout


def test_down_names_only_what_is_there(standing: Operator) -> None:
    boto3.client("dynamodb").update_table(
        TableName=standing.target.settings.profiles_table, DeletionProtectionEnabled=False
    )
    boto3.client("dynamodb").delete_table(TableName=standing.target.settings.profiles_table)
    result = standing.types("down", "--yes")
    assert result.exit_code == 0, result.output
    assert "Kept: 4 queues, 4 logs, the secrets" in result.stdout


def test_down_says_what_goes_with_the_queues_of_dev(operator: Operator) -> None:
    dev = Operator(operator.project, "dev")
    dev.configure()
    assert dev.types("up", "--yes", "--fixed-exit", "none").exit_code == 0
    bury(dev, "a" * 64)
    result = dev.types("down", "--yes")
    assert result.exit_code == 0, result.output
    assert "profiles, conversations, logs, 0 jobs and 1 dead letter." in result.stdout
    assert "Kept: the secrets" in result.stdout


def test_production_goes_only_when_its_name_is_typed(standing: Operator) -> None:
    for answer in ("y\n", "yes\n", "prod\n"):
        result = standing.types("down", answers=answer)
        assert result.exit_code == 1
        assert f"That is not {standing.stage}" in result.stderr
    assert standing.types("down").exit_code == 1
    assert stack.status(standing.target.stack) == "CREATE_COMPLETE"


def test_down_in_another_region_leaves_the_roles_of_the_stage_alone(
    shipped: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_app(shipped)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    result = shipped.types("down", "--yes")
    assert result.exit_code == 1
    assert "In eu-west-1" in result.stderr
    assert "AWS_REGION" in result.stderr
    assert {each["resource_type"] for each in deployed.resources(shipped.target)} == {"iam_role"}


def test_half_a_file_of_chalices_is_told(shipped: Operator) -> None:
    record(shipped)
    file = shipped.project / ".chalice" / "deployed" / f"{shipped.stage}.json"
    file.write_text(file.read_text()[:40])
    with pytest.raises(Failed, match="is not JSON"):
        record(shipped)
    file.write_text("{}")
    record(shipped)
    assert "rest_api" in written(shipped)


def with_app(operator: Operator) -> None:
    """Adds what Chalice imports before it deletes anything."""
    (operator.project / "app.py").write_text(
        "from chalice.app import Chalice\n\napp = Chalice(app_name='wechalice')\n"
    )


def test_down_deletes_the_logs_of_own_functions_in_dev_and_elsewhere_keeps_their_time(
    operator: Operator,
) -> None:
    with (operator.project / "app.py").open("a") as app:
        app.write("\n@app.schedule('rate(1 day)')\ndef morning(event): ...\n")
    logs = boto3.client("logs")
    for each in (operator, Operator(operator.project, "dev")):
        each.configure()
        each.asks("function", "add", "morning")
        group = f"/aws/lambda/{each.target.door}-morning"
        logs.create_log_group(logGroupName=group)  # as Chalice leaves it
        assert each.types("down", "--yes").exit_code == 0
        assert each.types("down", "--yes").exit_code == 0, "it may be run again"
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        expected = [] if each.stage == "dev" else [365]
        assert [found.get("retentionInDays") for found in groups] == expected
