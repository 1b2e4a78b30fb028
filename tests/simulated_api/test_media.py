"""Files that the account uploads: temporary ones for three days, materials for ever."""

import json
from typing import Any

import httpx
import pytest

from chalicelib.wechat.errors import ApiError
from tests.patience import PATIENCE
from tests.simulated_api.setting import Setting, refusal, uploaded

UPLOAD, ADD = "/cgi-bin/media/upload", "/cgi-bin/material/add_material"
PICTURE, BATCH = "/cgi-bin/media/uploadimg", "/cgi-bin/material/batchget_material"
FILM = json.dumps({"title": "开业", "introduction": "第一天"}, ensure_ascii=False)


def material(played: Setting, media_id: str) -> dict[str, Any]:
    return played.api.call("POST", "/cgi-bin/material/get_material", body={"media_id": media_id})


def listed(played: Setting, kind: str, **page: int) -> dict[str, Any]:
    return played.api.call("POST", BATCH, body={"type": kind, "offset": 0, "count": 20, **page})


def test_what_is_uploaded_comes_back(played: Setting) -> None:
    content = bytes(range(256)) + b"\r\n--\r\n"
    media_id = played.api.upload_media("image", "图.png", content)
    assert played.api.download_media(media_id) == content


def test_a_video_comes_back_by_its_address(played: Setting) -> None:
    media_id = played.api.upload_media("video", "v.mp4", b"film")
    assert played.api.download_media(media_id) == b"film"
    assert played.paths.count("/cgi-bin/media/get") == 1


def test_a_cover_has_a_name_of_its_own(played: Setting) -> None:
    assert played.api.download_media(played.api.upload_media("thumb", "t.jpg", b"t")) == b"t"


def test_a_temporary_file_goes_after_three_days(played: Setting) -> None:
    media_id = played.api.upload_media("image", "t.jpg", b"t")
    played.clock.now += 3 * 24 * 3600
    with pytest.raises(ApiError) as raised:
        played.api.download_media(media_id)
    assert raised.value.errcode == 40007


def test_a_picture_for_articles_has_an_address(played: Setting) -> None:
    answer = uploaded(played, PICTURE, "", "p.png", b"picture")
    assert httpx.get(answer["url"], timeout=PATIENCE).content == b"picture"


def test_materials_are_listed_read_and_deleted(played: Setting) -> None:
    picture = uploaded(played, ADD, "image", "门店.jpg", b"shop")
    film = uploaded(played, ADD, "video", "film.mp4", b"film", description=FILM)["media_id"]
    assert httpx.get(picture["url"], timeout=PATIENCE).content == b"shop"
    told = material(played, film)
    assert (told["title"], told["description"]) == ("开业", "第一天")
    assert httpx.get(told["down_url"], timeout=PATIENCE).content == b"film"
    counted = played.api.call("GET", "/cgi-bin/material/get_materialcount")
    assert counted == {"image_count": 1, "voice_count": 0, "video_count": 1, "news_count": 0}
    found = listed(played, "image")
    assert (found["total_count"], found["item"][0]["media_id"]) == (1, picture["media_id"])
    assert listed(played, "video")["item"][0]["name"] == "开业"
    assert listed(played, "image", offset=1)["item"] == []
    played.api.call("POST", "/cgi-bin/material/del_material", body={"media_id": film})
    assert refusal(played, "/cgi-bin/material/get_material", {"media_id": film}) == 40007
    with pytest.raises(ApiError):  # which has temporary files only
        played.api.download_media(picture["media_id"])


@pytest.mark.parametrize(
    ("path", "kind", "name", "content", "errcode"),
    [
        (UPLOAD, "document", "d.pdf", b"d", 40004),
        (UPLOAD, "image", "p.bmp", b"p", 40005),
        (UPLOAD, "image", "picture", b"p", 40005),
        (UPLOAD, "voice", "v.wav", b"v", 40005),
        (UPLOAD, "image", "p.png", b"", 44001),
        (UPLOAD, "thumb", "t.jpg", bytes(64 * 1024 + 1), 45001),
        (ADD, "voice", "v.ogg", b"v", 40005),
        (ADD, "video", "v.mp4", b"v", 47003),
        (PICTURE, "", "p.gif", b"p", 40005),
        (PICTURE, "", "p.png", bytes(1024 * 1024), 40009),
    ],
)
def test_a_file_that_wechat_refuses_is_refused(
    untouched: Setting, path: str, kind: str, name: str, content: bytes, errcode: int
) -> None:
    assert uploaded(untouched, path, kind, name, content)["errcode"] == errcode


@pytest.mark.parametrize(
    ("description", "errcode"), [("title", 47001), ("[]", 47001), ('{"title": "t"}', 47003)]
)
def test_a_material_of_a_video_needs_a_title_and_an_introduction(
    untouched: Setting, description: str, errcode: int
) -> None:
    answer = uploaded(untouched, ADD, "video", "v.mp4", b"v", description=description)
    assert answer["errcode"] == errcode


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        ({"type": "thumb", "offset": 0, "count": 1}, 40004),
        ({"type": "image", "offset": -1, "count": 1}, 47003),
        ({"type": "image", "offset": 0, "count": 21}, 47003),
    ],
)
def test_a_list_that_wechat_refuses_is_refused(
    untouched: Setting, body: dict[str, Any], errcode: int
) -> None:
    assert refusal(untouched, BATCH, body) == errcode
