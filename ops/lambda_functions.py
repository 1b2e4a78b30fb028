"""What AWS says of a Lambda function, and whose it is."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from .errors import Failed, refused_as
from .target import APP

_TAG = "aws-chalice"


@dataclass(frozen=True, slots=True)
class Function:
    """A function as AWS has it; `reserved` is None where it reserves no executions."""

    configuration: Mapping[str, Any]
    tags: Mapping[str, str]
    reserved: int | None

    @property
    def stage(self) -> str | None:
        """The stage of ours in which Chalice has made it, because names can be ambiguous."""
        tag = self.tags.get(_TAG, "")
        parts = dict(part.partition("=")[::2] for part in tag.split(":"))
        return parts.get("stage") if parts.get("app") == APP else None

    @property
    def is_untagged(self) -> bool:
        """Whether nothing says whose it is, because somebody has removed its tags."""
        return _TAG not in self.tags and not self.stack

    def untagged(self, stage: str) -> tuple[str, str]:
        """What to say of it then, and what to type if it is of this stage."""
        name, arn = self.configuration["FunctionName"], self.configuration["FunctionArn"]
        tags = json.dumps({_TAG: f"stage={stage}:app={APP}"})
        return (
            f"{name} has lost its tag {_TAG}, so it may be anybody's",
            f"If it is of {stage}: aws lambda tag-resource --resource {arn} --tags '{tags}'",
        )

    @property
    def stack(self) -> str | None:
        """The stack of CloudFormation that has made it, if one has."""
        return self.tags.get("aws:cloudformation:stack-name")

    @property
    def role(self) -> str:
        """The name of its role."""
        return str(self.configuration["Role"]).rpartition("/")[2]

    @property
    def subnets(self) -> Sequence[str]:
        """Where it runs, if in a network of our own."""
        network: Mapping[str, Any] = self.configuration.get("VpcConfig", {})
        subnets: Sequence[str] = network.get("SubnetIds", ())
        return subnets


def look(name: str) -> Function | None:
    """The function `name`; None if there is none. Raises Failed.

    Who may read a function but not its tags gets the one without the others.
    """
    found: Any  # boto3's types know no answer without an error in it
    try:
        found = boto3.client("lambda").get_function(FunctionName=name)
    except ClientError as error:
        if refused_as(error, "ResourceNotFoundException"):
            return None
        raise
    if refusal := found.get("TagsError"):
        raise Failed(
            f"AWS tells no tags of the function {name} ({refusal['ErrorCode']}), and without them "
            "it may be anybody's: ask for the permission lambda:ListTags; `aws sts "
            "get-caller-identity` shows who you are."
        )
    reserved = found.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    return Function(found["Configuration"], found.get("Tags", {}), reserved)
