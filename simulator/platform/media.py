"""Files that an account uploads: what WeChat takes, and the materials that stay.

https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.html
https://developers.weixin.qq.com/doc/service/api/material/permanent/api_addmaterial.html
"""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from .bodies import ApiRequest
from .refusals import Refused

DAYS = 3
"""How long a temporary file stays."""

_MEGABYTE = 1024 * 1024
_SIZES: Mapping[str, int] = {
    "image": 10 * _MEGABYTE,
    "voice": 2 * _MEGABYTE,
    "video": 10 * _MEGABYTE,
    "thumb": 64 * 1024,
}
TEMPORARY: Mapping[str, tuple[str, ...]] = {
    "image": ("png", "jpeg", "jpg", "gif"),
    "voice": ("amr", "mp3"),
    "video": ("mp4",),
    "thumb": ("jpg",),
}
"""The kinds of temporary files, and the endings of their names."""
PERMANENT: Mapping[str, tuple[str, ...]] = {
    "image": ("bmp", "png", "jpeg", "jpg", "gif"),
    "voice": ("mp3", "wma", "wav", "amr"),
    "video": ("mp4",),
    "thumb": ("jpg",),
}
"""The same of materials."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that WeChat takes."""

    kind: str
    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Material:
    """A file that stays until the account deletes it. A video has a title and an introduction."""

    media_id: str
    kind: str
    name: str
    updated: int
    title: str = ""
    introduction: str = ""


def taken(request: ApiRequest, kinds: Mapping[str, tuple[str, ...]]) -> Upload:
    """The file of an upload, whose kind is in the query. Raises Refused."""
    kind = request.query.get("type", "")
    if kind not in kinds:
        raise Refused(40004)
    if request.file is None:
        raise Refused(41005)
    if not request.file:
        raise Refused(44001)
    if ending(request.file_name) not in kinds[kind]:
        raise Refused(40005)
    if len(request.file) > _SIZES[kind]:
        raise Refused(45001)
    return Upload(kind, request.file_name, content_type(request.file_name), request.file)


def ending(name: str) -> str:
    """The ending of a file's name, which tells WeChat its format."""
    return PurePath(name).suffix.removeprefix(".").lower()


def content_type(name: str) -> str:
    known = {"amr": "audio/amr", "wma": "audio/x-ms-wma"}.get(ending(name))
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"
