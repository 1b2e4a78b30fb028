"""Web authorization: the address that a browser is sent to, and WeChat's answers.

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
"""

import re
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from .errors import Uncertain
from .lazy import lazy_dataclass


class Scope(Enum):
    """What a page asks for: the openid, or also the profile, which the visitor must allow."""

    BASE = "snsapi_base"
    USERINFO = "snsapi_userinfo"


@lazy_dataclass(frozen=True)
class Grant:
    """What a code or a refresh token is exchanged for; `expires_in` is in seconds.

    The openid and the nickname of a snapshot user are not real, because the page was opened only
    as a snapshot.
    """

    openid: str = field(repr=False)
    scope: str
    access_token: str = field(repr=False)
    expires_in: float
    refresh_token: str = field(repr=False)
    unionid: str = field(default="", repr=False)
    is_snapshotuser: bool = False

    @property
    def shares_profile(self) -> bool:
        return Scope.USERINFO.value in self.scope.split(",")

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> "Grant":
        """Reads WeChat's answer. Raises Uncertain if it is not as documented."""
        try:
            return cls(
                openid=_text(answer["openid"]),
                scope=_text(answer["scope"]),
                access_token=_text(answer["access_token"]),
                expires_in=float(answer["expires_in"]),
                refresh_token=_text(answer["refresh_token"]),
                unionid=_storable(answer.get("unionid")),
                is_snapshotuser=answer.get("is_snapshotuser") in (1, "1"),
            )
        except (KeyError, ValueError, TypeError):
            raise Uncertain(0, "wait: WeChat's answer to a code is not as documented") from None


@lazy_dataclass(frozen=True, repr=False)
class SnsUserInfo:
    """The profile that a user shows; WeChat has left sex and region empty since 2021."""

    openid: str
    nickname: str
    sex: int
    province: str
    city: str
    country: str
    headimgurl: str
    privilege: tuple[str, ...]
    unionid: str = ""
    language: str = ""

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> "SnsUserInfo":
        """Reads WeChat's answer. Raises Uncertain if it is not as documented."""
        try:
            return cls(
                openid=_text(answer["openid"]),
                nickname=_storable(answer.get("nickname")),
                sex=int(answer.get("sex") or 0),
                province=_storable(answer.get("province")),
                city=_storable(answer.get("city")),
                country=_storable(answer.get("country")),
                headimgurl=_storable(answer.get("headimgurl")),
                privilege=tuple(_storable(each) for each in answer.get("privilege") or ()),
                unionid=_storable(answer.get("unionid")),
                language=_storable(answer.get("language")),
            )
        except (KeyError, ValueError, TypeError):
            raise Uncertain(0, "wait: WeChat's answer about a user is not as documented") from None


def authorize_url(
    open_url: str,
    app_id: str,
    redirect_uri: str,
    scope: Scope,
    state: str,
    *,
    force_popup: bool = False,
) -> str:
    """The address at WeChat; it requires this order of parameters, all of them encoded."""
    parameters = {
        "appid": app_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": scope.value,
        "state": state,
    }
    if force_popup:
        parameters["forcePopup"] = "true"
    return f"{open_url}/connect/oauth2/authorize?{urlencode(parameters)}#wechat_redirect"


def is_code(text: str) -> bool:
    """Whether `text` looks like a code from WeChat."""
    return _CODE.fullmatch(text) is not None


_CODE = re.compile(r"[\w-]{16,512}", re.ASCII)
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return value


def _storable(value: object) -> str:
    """Text that UTF-8 can hold, without half an emoji where WeChat has cut a nickname."""
    return _LONE_SURROGATES.sub("", str(value or ""))
