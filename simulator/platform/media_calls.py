"""The calls of WeChat's API about files: temporary ones, and materials, which stay."""

import json
import secrets
from collections.abc import Mapping
from typing import Any

from . import media
from .bodies import ApiRequest, File
from .endpoints import DONE, Answer, Calls, page, posting, reading
from .media import Material
from .messages import required
from .refusals import Refused
from .world import World

DOWNLOAD = "/download/"
"""The path of videos and pictures, which WeChat serves from other hosts."""

_PICTURES_IN_ARTICLES = ("jpg", "png")
_LARGEST_IN_AN_ARTICLE = 1024 * 1024
_LISTED = ("image", "voice", "video", "news")


def upload(world: World, request: ApiRequest) -> Answer:
    file = media.taken(request, media.TEMPORARY)
    ends = world.clock() + media.DAYS * 24 * 3600
    media_id = keep(world, File(file.content_type, file.content, ends))
    name = "thumb_media_id" if file.kind == "thumb" else "media_id"
    return {"type": file.kind, name: media_id, "created_at": int(world.clock())}


def download(world: World, request: ApiRequest) -> Answer:
    media_id = request.query.get("media_id", "")
    file = world.media.get(media_id)
    if file is None or file.ends <= world.clock() or media_id in world.materials:
        raise Refused(40007)
    if file.content_type.startswith("video/"):
        return {"video_url": address(request, media_id)}
    return file


def upload_picture(world: World, request: ApiRequest) -> Answer:
    """A picture for articles, which has an address and no media_id."""
    if request.file is None:
        raise Refused(41005)
    if media.ending(request.file_name) not in _PICTURES_IN_ARTICLES:
        raise Refused(40005)
    if not 0 < len(request.file) < _LARGEST_IN_AN_ARTICLE:
        raise Refused(40009)
    kept = File(media.content_type(request.file_name), request.file)
    return {"url": address(request, keep(world, kept))}


def add(world: World, request: ApiRequest) -> Answer:
    file = media.taken(request, media.PERMANENT)
    title = introduction = ""
    if file.kind == "video":
        description = _description(request)
        title, introduction = required(description, "title"), required(description, "introduction")
    media_id = keep(world, File(file.content_type, file.content))
    world.materials[media_id] = Material(
        media_id, file.kind, file.name, int(world.clock()), title, introduction
    )
    answer = {"media_id": media_id}
    return {**answer, "url": address(request, media_id)} if file.kind == "image" else answer


def get(world: World, request: ApiRequest) -> Answer:
    found = _material(world, request)
    if found.kind != "video":
        return world.media[found.media_id]
    return {
        "title": found.title,
        "description": found.introduction,
        "down_url": address(request, found.media_id),
    }


def delete(world: World, request: ApiRequest) -> Answer:
    found = _material(world, request)
    del world.materials[found.media_id], world.media[found.media_id]
    return DONE


def count(world: World, _: ApiRequest) -> Answer:
    return {f"{kind}_count": len(_of_kind(world, kind)) for kind in _LISTED}


def batch(world: World, request: ApiRequest) -> Answer:
    kind = request.fields.get("type")
    if kind not in _LISTED:
        raise Refused(40004)
    return page(request, [_item(request, each) for each in _of_kind(world, str(kind))])


def keep(world: World, file: File) -> str:
    """The media_id under which WeChat has the file now."""
    media_id = secrets.token_urlsafe(48)
    world.media[media_id] = file
    return media_id


def address(request: ApiRequest, media_id: str) -> str:
    """Where the file can be downloaded."""
    return f"{request.address}{DOWNLOAD}{media_id}"


def _description(request: ApiRequest) -> Mapping[str, Any]:
    """What the form says of a video, as JSON in a field of its own. Raises Refused."""
    try:
        description = json.loads(required(request.fields, "description"))
    except (ValueError, RecursionError):
        raise Refused(47001) from None
    if not isinstance(description, dict):
        raise Refused(47001)
    return description


def _material(world: World, request: ApiRequest) -> Material:
    found = world.materials.get(str(request.fields.get("media_id")))
    if found is None:
        raise Refused(40007)
    return found


def _of_kind(world: World, kind: str) -> list[Material]:
    """Those of a list, the newest first. A thumb is listed among the pictures."""
    kinds = ("image", "thumb") if kind == "image" else (kind,)
    return [each for each in reversed(world.materials.values()) if each.kind in kinds]


def _item(request: ApiRequest, material: Material) -> dict[str, Any]:
    item = {
        "media_id": material.media_id,
        "name": material.title or material.name,
        "update_time": material.updated,
    }
    if material.kind in ("image", "thumb"):
        item["url"] = address(request, material.media_id)
    return item


CALLS: Calls = {
    "/cgi-bin/media/upload": posting(upload),
    "/cgi-bin/media/get": reading(download),
    "/cgi-bin/media/uploadimg": posting(upload_picture),
    "/cgi-bin/material/add_material": posting(add),
    "/cgi-bin/material/get_material": posting(get),
    "/cgi-bin/material/del_material": posting(delete),
    "/cgi-bin/material/get_materialcount": reading(count),
    "/cgi-bin/material/batchget_material": posting(batch),
}
