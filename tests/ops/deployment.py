"""What Chalice leaves on AWS, made by hand: roles, functions, an event source, an API."""

import io
import json
import zipfile
from contextlib import suppress

import boto3
from botocore.exceptions import ClientError

from ops import policies
from ops.target import CALLER, Target

_TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


def make(target: Target) -> str:
    """All of it, for the stage of `target`; returns the API's id."""
    for name in policies.NAMES:
        boto3.client("iam").create_role(
            RoleName=f"{target.door}-{name}", AssumeRolePolicyDocument=_TRUST
        )
    make_function(target.door, target.stage, f"{target.door}-api_handler")
    sqs = boto3.client("sqs")
    for queue in target.queues:
        worker = target.function(queue.worker)
        make_function(worker, target.stage, worker)
        url = sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        boto3.client("lambda").create_event_source_mapping(
            EventSourceArn=found["Attributes"]["QueueArn"], FunctionName=worker, BatchSize=1
        )
    make_function(target.function(CALLER), target.stage, target.function(CALLER))
    return make_api(target.door)


def make_function(name: str, stage: str, role: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "")
    boto3.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=f"arn:aws:iam::000000000000:role/{role}",
        Handler="app.app",
        Code={"ZipFile": packed.getvalue()},
        Tags={"aws-chalice": f"version=1.34.0:stage={stage}:app=wechalice"},
    )


def make_api(function: str) -> str:
    """An API named like any other of the app; `function` takes its pushes."""
    gateway = boto3.client("apigateway")
    api = gateway.create_rest_api(name="wechalice")["id"]
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    pushes = gateway.create_resource(restApiId=api, parentId=root, pathPart="wechat")["id"]
    gateway.put_method(
        restApiId=api, resourceId=pushes, httpMethod="POST", authorizationType="NONE"
    )
    gateway.put_integration(
        restApiId=api,
        resourceId=pushes,
        httpMethod="POST",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri="arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
        f"arn:aws:lambda:us-east-1:000000000000:function:{function}/invocations",
    )
    gateway.create_deployment(restApiId=api, stageName="api")
    with suppress(ClientError):  # there is no such function
        boto3.client("lambda").add_permission(
            FunctionName=function,
            StatementId=api,
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:us-east-1:000000000000:{api}/*",
        )
    return api
