"""Errors of AWS that last until somebody acts are told from those that pass."""

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.adapters.aws import unavailable
from chalicelib.ports import Misconfigured


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "about oUser"}}, "SendMessage")


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "KMS.AccessDeniedException",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
        "UnrecognizedClientException",
    ],
)
def test_a_refusal_that_lasts_is_misconfigured(code: str) -> None:
    error = unavailable("SQS", refusal(code))
    assert isinstance(error, Misconfigured)
    assert str(error) == f"SQS: {code}"


@pytest.mark.parametrize(
    "code", ["InternalError", "ThrottlingException", "RequestThrottled", "ExpiredToken", "503"]
)
def test_what_passes_is_only_unavailable(code: str) -> None:
    assert not isinstance(unavailable("SQS", refusal(code)), Misconfigured)


def test_a_timeout_is_only_unavailable() -> None:
    error = unavailable("SSM", ReadTimeoutError(endpoint_url="https://ssm"))
    assert not isinstance(error, Misconfigured)
    assert str(error) == "SSM: ReadTimeoutError"
