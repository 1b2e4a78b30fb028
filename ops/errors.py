"""What can go wrong for operators, as one sentence that says what to do next."""

import os
import re
from pathlib import Path

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigParseError,
    ConnectionError,  # noqa: A004 - botocore's own
    CredentialRetrievalError,
    HTTPClientError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from chalicelib.ports import Unavailable
from chalicelib.wechat.errors import ApiError

from . import local_run
from .region import region


class Failed(Exception):
    """It cannot be done like this; the message says why and what to do."""


EXPECTED = (Failed, BotoCoreError, ClientError, ResponseParserError, ApiError, Unavailable)
"""Errors that end a command with one sentence; any other error is a bug."""

_NO_CREDENTIALS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
_LATER = "wait a minute and run it again"
_LOOK = "`python -m ops doctor` says what is wrong with the stage"
_CLOCK = "set this machine's clock (NTP)"
_DENIED = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation")
_PERMISSION = re.compile(r"not authorized to perform: ([\w-]+:\w+)")
"""How AWS names a permission that is missing."""
_CODES = {
    "log in again (`aws sso login`), or set AWS_PROFILE to a profile that works": (
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ),
    "somebody else has changed the stack meanwhile; run it again": (
        "ChangeSetNotFound",
        "InvalidChangeSetStatus",
    ),
    "ask for more in Service Quotas, or delete what nobody needs any more": (
        "AddressLimitExceeded",
        "CodeStorageExceededException",
        "LimitExceeded",
        "LimitExceededException",
        "NatGatewayLimitExceeded",
        "ServiceQuotaExceededException",
        "VpcLimitExceeded",
    ),
    f"is that the right region (AWS_REGION)? If it is, {_LOOK}": (
        "AWS.SimpleQueueService.NonExistentQueue",
        "NoSuchEntity",
        "NotFound",
        "NotFoundException",
        "ResourceNotFoundException",
    ),
    _LATER: (
        "AWS.SimpleQueueService.QueueDeletedRecently",
        "ConflictException",
        "OperationAborted",
        "ResourceConflictException",
        "ResourceInUseException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    ),
    _CLOCK: ("RequestTimeTooSkewed",),
}
_ADVICE = {code: advice for advice, codes in _CODES.items() for code in codes}
_OWN_TROUBLE = 500
"""From this HTTP status on, AWS itself is in trouble."""
_OF_ANOTHER_TIME = ("Signature expired", "Signature not yet current")
"""How some services say that a clock is wrong."""
_NOT_A_RESOURCE = "Unrecognized resource types"
"""How a stand-in for CloudFormation says what it does not play."""
_QUOTES_VALUES = {"PutParameter"}
"""Calls whose error message may quote a secret."""


def sentence(error: Exception) -> str:
    """What `error` means for operators."""
    match error:
        case ClientError():
            return _refusal(error)
        case BotoCoreError():
            return _trouble(error)
        case ResponseParserError():
            return _not_played("this") or (
                "AWS's answer cannot be read: does a proxy, or the login page of a network, answer "
                "instead?"
            )
        case ApiError():
            return f"WeChat: {error}"
        case Unavailable(__cause__=BotoCoreError() as cause):
            return _trouble(cause)
        case Unavailable(
            __cause__=ClientError(response={"Error": {"Code": "ResourceNotFoundException"}})
        ):
            return (
                f"The tables of the stage are not in {region()}: is that the right region "
                "(AWS_REGION)? If it is, `up` creates them."
            )
        case Unavailable(__cause__=ClientError() as cause):
            return _refusal(cause)
        case Unavailable():
            return (
                f"{error}. `secrets list` shows which secrets of the stage are missing, `doctor` "
                "what else is wrong; is AWS_REGION the stage's region?"
            )
        case OSError():
            return f"{error.filename}: {error.strerror}."
        case _:
            return str(error)


def _trouble(error: BotoCoreError) -> str:
    """Why the request did not reach AWS."""
    match error:
        case ProfileNotFound():
            return f"{error}. Set AWS_PROFILE to one that `aws configure list-profiles` shows."
        case ConfigParseError():
            return f"{error}. Fix that file, or set AWS_CONFIG_FILE to another one."
        case NoRegionError() | InvalidRegionError():
            return f"AWS needs a region: set AWS_REGION, for example to eu-west-1.{_local()}"
        case HTTPClientError() | ConnectionError():
            return (
                f"Cannot reach AWS ({type(error).__name__}). Check the network, AWS_REGION, "
                "and AWS_ENDPOINT_URL if it is set."
            )
        case _ if isinstance(error, _NO_CREDENTIALS):
            return (
                f"AWS has no credentials here ({type(error).__name__}): set AWS_PROFILE, run "
                f"`aws sso login`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.{_local()}"
            )
        case _:
            return f"AWS could not be asked ({type(error).__name__})."


def _local() -> str:
    """How to ask the AWS of `make run` instead; empty if it has not run in this folder."""
    variables = local_run.variables(Path.cwd())
    return f" To ask the AWS of `make run`: {variables}" if variables else ""


def permission(error: Exception) -> str | None:
    """The permission that is missing, or the call that AWS refuses; None for another error."""
    cause = error.__cause__ if isinstance(error, Unavailable) else error
    if not isinstance(cause, ClientError) or not refused_as(cause, *_DENIED):
        return None
    return named_permission(cause.response["Error"].get("Message", "")) or cause.operation_name


def named_permission(message: str) -> str | None:
    """The permission that AWS names in `message`, such as ssm:GetParameters."""
    found = _PERMISSION.search(message)
    return found[1] if found else None


def lacking(permission: str) -> str:
    """What to do without a permission."""
    return (
        f"You lack the permission {permission}: ask for this permission; `aws sts "
        "get-caller-identity` shows who you are, and `python -m ops deploy-policy --stage …` "
        "prints what whoever deploys needs."
    )


def _refusal(error: ClientError) -> str:
    if missing := permission(error):
        return lacking(missing)
    code, operation = error.response["Error"]["Code"], error.operation_name
    message = error.response["Error"].get("Message", "")
    unknown = code.isdigit() or _NOT_A_RESOURCE in message
    if unknown and (sentence := _not_played(operation)):
        return sentence
    detail = "" if operation in _QUOTES_VALUES else f" {message}"
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
    otherwise = _LATER if status >= _OWN_TROUBLE else _LOOK
    advice = _CLOCK if message.startswith(_OF_ANOTHER_TIME) else _ADVICE.get(code, otherwise)
    return f"AWS refused {operation} ({code}{detail}): {advice}."


def _not_played(what: str) -> str:
    """Why a stand-in for AWS, such as that of `make run`, does not know `what`; empty at AWS."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return ""
    return (
        f"The AWS at {endpoint} does not play {what}. That of `make rehearse` plays all that a "
        "deployed stage needs but its fixed exit; for AWS itself, unset AWS_ENDPOINT_URL."
    )


def refused_as(error: ClientError, *codes: str) -> bool:
    """Whether AWS gave one of these codes."""
    return error.response["Error"]["Code"] in codes
