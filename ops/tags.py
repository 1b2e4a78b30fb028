"""The tags of all that a stage is made of, so that bills and policies can tell stages apart.

CloudFormation gives its stacks' tags to what it makes. Chalice tags functions alone, and takes
tags away that it does not know, so `deploy` gives them again.
"""

import boto3
from botocore.exceptions import ClientError

from . import deployed, terminal
from .errors import refused_as, sentence
from .region import region
from .target import Target

STAGE = "wechalice:stage"
_DENIED = ("AccessDenied", "AccessDeniedException")


def of(target: Target) -> dict[str, str]:
    """The stage's own, and those that Chalice's `tags` in .chalice/config.json ask for."""
    wished = {**target.config.get("tags", {}), **target.stage_config.get("tags", {})}
    return {**wished, STAGE: target.stage}


def put(target: Target) -> None:
    """Tags what Chalice has made. A deploy goes on where that is not permitted."""
    try:
        for each in deployed.resources(target):
            _put(each, of(target))
    except ClientError as error:
        if not refused_as(error, *_DENIED):
            raise
        terminal.show(f"{sentence(error)} Without it, tags do not say whose this is.", "yellow")


def _put(resource: deployed.Resource, tags: dict[str, str]) -> None:
    match resource["resource_type"]:
        case "lambda_function":
            boto3.client("lambda").tag_resource(Resource=resource["lambda_arn"], Tags=tags)
        case "iam_role":
            listed = [{"Key": key, "Value": value} for key, value in tags.items()]
            boto3.client("iam").tag_role(RoleName=resource["role_name"], Tags=listed)
        case "rest_api":
            partition = boto3.client("sts").meta.partition
            arn = f"arn:{partition}:apigateway:{region()}::/restapis/{resource['rest_api_id']}"
            boto3.client("apigateway").tag_resource(resourceArn=arn, tags=tags)
