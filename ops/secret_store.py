"""The secrets of a stage in SSM: which ones there are, their form, and how they change.

Only `values` and `versions` read values, and nothing here prints one.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from secrets import token_bytes, token_hex
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from chalicelib.credentials.values import own_key
from chalicelib.wechat.encryption import BadKey, EncodingAesKey
from chalicelib.wechat.envelopes import Mode

from . import wechat_places
from .errors import Failed, refused_as
from .target import Target

if TYPE_CHECKING:
    from mypy_boto3_ssm.type_defs import ParameterHistoryTypeDef, ParameterTypeDef

_SSM_FIRST = (
    f"SSM has it now. A minute from now, save the same value on {wechat_places.PUSHES}. Values "
    "that were current within the last 24 hours stay valid, so no push is refused meanwhile."
)
_AT_FIRST = f"After the deploy, the same value has to stand on {wechat_places.PUSHES}."
_WECHAT_FIRST = (
    f"{wechat_places.PLATFORM} makes this one, and WeChat uses it at once. Jobs that waited for it "
    "continue within seconds. There is nothing else to do."
)
_OURS = "It is the backend's own: there is nothing else to do, and no need to deploy again."


def _wrong_token(value: str) -> str:
    return (
        "" if re.fullmatch("[A-Za-z0-9]{3,32}", value) else "a token is 3 to 32 letters or digits"
    )


def _wrong_app_id(value: str) -> str:
    return "" if re.fullmatch("wx[0-9a-f]{16}", value) else "an AppID is wx and 16 hex digits"


def _wrong_app_secret(value: str) -> str:
    return "" if re.fullmatch("[0-9a-f]{32}", value) else "an AppSecret is 32 hex digits"


def _wrong_aes_key(value: str) -> str:
    try:
        EncodingAesKey(value)
    except BadKey as error:
        return str(error)
    return ""


def _wrong_key(value: str) -> str:
    try:
        own_key(value)
    except ValueError:
        return "a key of our own is URL-safe base64 of 32 bytes"
    return ""


def _wrong_verification(value: str) -> str:
    fits = re.fullmatch("[A-Za-z0-9]{1,64}", value)
    return "" if fits else "write only the code between MP_verify_ and .txt"


def _new_token() -> str:
    return token_hex(16)


def _new_aes_key() -> str:
    return base64.b64encode(token_bytes(32)).decode().removesuffix("=")


def _new_key() -> str:
    return base64.urlsafe_b64encode(token_bytes(32)).decode()


@dataclass(frozen=True, slots=True)
class Kind:
    """How to check a secret, how to make a new one, and what to do after a change."""

    wrong: Callable[[str], str]
    """What is wrong with a value, without quoting it; empty if nothing is."""
    afterwards: str
    at_first: str = ""
    """What to do after the first version instead, if that differs: no value was before it."""
    new: Callable[[], str] | None = None
    on_platform: bool = False
    """Whether operators have to paste it into a page of WeChat's."""


KINDS: Mapping[str, Kind] = {
    "app-id": Kind(
        _wrong_app_id, f"It is the one on {wechat_places.KEYS}. There is nothing else to do."
    ),
    "app-secret": Kind(_wrong_app_secret, _WECHAT_FIRST),
    "token": Kind(_wrong_token, _SSM_FIRST, _AT_FIRST, _new_token, on_platform=True),
    "encoding-aes-key": Kind(_wrong_aes_key, _SSM_FIRST, _AT_FIRST, _new_aes_key, on_platform=True),
    "cookie-key": Kind(_wrong_key, _OURS, new=_new_key),
    "ticket-key": Kind(_wrong_key, _OURS, new=_new_key),
    "refresh-token-key": Kind(_wrong_key, _OURS, new=_new_key),
    "domain-verification": Kind(
        _wrong_verification,
        f"Now add the domain as 网页授权域名 on {wechat_places.DOMAINS}.",
    ),
}
OPTIONAL = ("domain-verification",)
OWN = Kind(
    lambda value: "" if value else "it is empty",
    "Handlers that ask for it get the new value within about half a minute.",
)
"""Any parameter `own/<name>` of the team's, with any value."""
_OWN_NAME = re.compile(r"own/[A-Za-z0-9_.-]+")


def kind(name: str) -> Kind | None:
    """The kind of the secret `name`; None if there is no such secret."""
    return OWN if _OWN_NAME.fullmatch(name) else KINDS.get(name)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a secret; `changed` is when it became current."""

    version: int
    changed: datetime
    value: str = field(repr=False, default="")

    @property
    def age(self) -> float:
        """In seconds."""
        return (datetime.now(UTC) - self.changed).total_seconds()


def wanted(target: Target) -> list[str]:
    """The names of the secrets that the stage needs."""
    plaintext = target.settings.mode is Mode.PLAINTEXT
    without = (*OPTIONAL, "encoding-aes-key") if plaintext else OPTIONAL
    return [name for name in KINDS if name not in without]


def listed(target: Target) -> dict[str, Version]:
    """The secrets that exist, without their values."""
    return {name: replace(each, value="") for name, each in _found(target, readable=False).items()}


def values(target: Target, where: str | None = None) -> dict[str, Version]:
    """The secrets that exist, with their values, in this region or in another one."""
    return _found(target, where, readable=True)


def shown_by(target: Target, name: str) -> str:
    """The command that prints a secret, for operators who have to paste it somewhere."""
    aws = "aws ssm get-parameter --with-decryption --query Parameter.Value --output text --name"
    return f"{aws} {target.settings.parameter_path}/{name}"


def put(target: Target, name: str, value: str) -> int:
    """Makes `value` the current one and returns its version. Raises Failed."""
    found = kind(name)
    if problem := found.wrong(value) if found else "no secret has that name":
        raise Failed(f"This is no {name}: {problem}.")
    answer = boto3.client("ssm").put_parameter(
        Name=f"{target.settings.parameter_path}/{name}",
        Value=value,
        Type="SecureString",
        Overwrite=True,
    )
    return answer["Version"]


def versions(target: Target, name: str, where: str | None = None) -> list[Version]:
    """The versions of a secret that SSM keeps, up to a hundred, newest first. Raises Failed."""
    ssm = boto3.client("ssm", region_name=where)
    pages = ssm.get_paginator("get_parameter_history")
    path = f"{target.settings.parameter_path}/{name}"
    try:
        found = [
            _version(each)
            for page in pages.paginate(Name=path, WithDecryption=True)
            for each in page["Parameters"]
        ]
    except ClientError as error:
        if refused_as(error, "ParameterNotFound"):
            raise Failed(f"There is no {name} yet: {path}.") from None
        raise
    return sorted(found, key=lambda each: each.version, reverse=True)


def earlier(history: list[Version], to: int | None) -> Version:
    """The version to go back to: `to`, or the last one with a different value. Raises Failed."""
    newest, *older = history
    for each in older:
        if each.version == to or (to is None and each.value != newest.value):
            return each
    kept = ", ".join(str(each.version) for each in older) or "none"
    raise Failed(f"There is no such earlier version; SSM keeps: {kept}.")


def _found(target: Target, where: str | None = None, *, readable: bool) -> dict[str, Version]:
    path = target.settings.parameter_path
    ssm = boto3.client("ssm", region_name=where)
    answer = ssm.get_parameters(Names=[f"{path}/{name}" for name in KINDS], WithDecryption=readable)
    pages = ssm.get_paginator("get_parameters_by_path").paginate(
        Path=f"{path}/own", WithDecryption=readable
    )
    parameters = [*answer["Parameters"], *(each for page in pages for each in page["Parameters"])]
    return {each["Name"].removeprefix(f"{path}/"): _version(each) for each in parameters}


def _version(found: "ParameterTypeDef | ParameterHistoryTypeDef") -> Version:
    return Version(found["Version"], found["LastModifiedDate"], found["Value"].strip())
