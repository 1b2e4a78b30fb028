"""A version of a function, as AWS keeps it since before a deploy, and what people call it."""

import base64
import hashlib
import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import boto3
import httpx

from . import wording
from .errors import Failed

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import FunctionConfigurationTypeDef

_OURS = "wechalice: as it was before a deploy"
"""How versions are described that may be deleted when nothing needs them; then comes a time."""
_RELEASE = re.compile(rb'^__version__ = "(.+)"', re.MULTILINE)
_INIT = "chalicelib/__init__.py"
_PATIENCE = 60
"""Seconds for which a download may stand still."""


class Version(NamedTuple):
    """Settings and code of a function."""

    settings: "FunctionConfigurationTypeDef"
    code: bytes

    @property
    def name(self) -> str:
        """Its release, and since when it ran: `1.3.0 of 2026-03-01 08:00:00 UTC`."""
        with zipfile.ZipFile(io.BytesIO(self.code)) as code:
            found = _RELEASE.search(code.read(_INIT)) if _INIT in code.namelist() else None
        _, _, since = self.settings.get("Description", "").partition(f"{_OURS}, ")
        release = found[1].decode() if found else "what ran"
        return f"{release} of {since or _moment(self.settings['LastModified'])}"


def description(modified: str) -> str:
    """How to describe a version of a function that was modified then."""
    return f"{_OURS}, {_moment(modified)}"


def is_ours(description: str) -> bool:
    """Whether `deploy` has published a version that is described so."""
    return description.startswith(_OURS)


def fetch(function: str, version: str) -> Version:
    """What AWS keeps of a version. Raises Failed."""
    found = boto3.client("lambda").get_function(FunctionName=function, Qualifier=version)
    settings = found["Configuration"]
    what = f"the code of {function} of {_moment(settings['LastModified'])} (version {version})"
    try:
        code = httpx.get(found["Code"]["Location"], timeout=_PATIENCE).raise_for_status().content
    except httpx.HTTPError as error:
        raise Failed(
            f"Nothing was changed: {what} cannot be fetched from AWS ({type(error).__name__}). "
            "Run it again."
        ) from None
    if base64.b64encode(hashlib.sha256(code).digest()).decode() != settings["CodeSha256"]:
        raise Failed(f"Nothing was changed: {what} came incomplete. Run it again.")
    return Version(settings, code)


def _moment(modified: str) -> str:
    return wording.moment(datetime.fromisoformat(modified).timestamp())
