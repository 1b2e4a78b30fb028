"""The buttons of a menu, as WeChat takes them.

https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .refusals import Refused

_NEEDS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(
        (
            "click",
            "scancode_push",
            "scancode_waitmsg",
            "pic_sysphoto",
            "pic_photo_or_album",
            "pic_weixin",
            "location_select",
        ),
        ("key",),
    ),
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    **dict.fromkeys(("media_id", "view_limited"), ("media_id",)),
    **dict.fromkeys(("article_id", "article_view_limited"), ("article_id",)),
}
"""The fields of each type of button."""
_BYTES = {"key": 128, "url": 1024}
_REFUSED = {"key": 40019, "url": 40020, "media_id": 40007}


def checked(buttons: object) -> list[Any]:
    """The buttons, if WeChat takes them. Raises Refused."""
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        raise Refused(40016)
    for button in buttons:
        _check_name(button, 16, 40018)
        below = button.get("sub_button") or []
        if not isinstance(below, list) or len(below) > 5:
            raise Refused(40023)
        for each in below:
            _check_name(each, 60, 40025)
            _check(each)
        if not below:
            _check(button)
    return buttons


def _check_name(button: object, most: int, errcode: int) -> None:
    name = button.get("name") if isinstance(button, dict) else None
    if not isinstance(name, str) or not 0 < len(name.encode("utf-8", "replace")) <= most:
        raise Refused(errcode)


def _check(button: Mapping[str, Any]) -> None:
    needed = _NEEDS.get(str(button.get("type")))
    if needed is None:
        raise Refused(40017)
    for field in needed:
        value = button.get(field)
        if not isinstance(value, str) or not value:
            raise Refused(_REFUSED.get(field, 47003))
        if len(value.encode("utf-8", "replace")) > _BYTES.get(field, 1024):
            raise Refused(_REFUSED.get(field, 47003))
