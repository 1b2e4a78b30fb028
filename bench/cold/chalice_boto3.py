"""The least that can answer: Chalice and the AWS clients that the door has."""

import boto3
from chalice.app import Chalice, Response

app = Chalice(app_name="chalice-boto3")
CLIENTS = [boto3.client("ssm"), boto3.client("dynamodb"), boto3.client("sqs")]


@app.route("/wechat", methods=["POST"], content_types=["text/xml"])
def push() -> Response:
    return Response("success", {"Content-Type": "text/plain"})
