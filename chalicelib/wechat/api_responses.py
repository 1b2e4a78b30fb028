"""Responses of WeChat's API: JSON or a file; an error is HTTP 200 with an errcode.

https://developers.weixin.qq.com/doc/oplatform/developers/errCode/
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .errors import Call, OperatorMustAct, TryLater, Uncertain, api_error

_GATEWAY_STATUS = (502, 504)


@dataclass(frozen=True, slots=True)
class ApiResponse:
    """A response as it came over HTTP."""

    status: int
    content_type: str
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether it is JSON and not a file; only its content type says so."""
        return "json" in self.content_type or self.content_type.startswith("text/")

    def read(self, call: Call = Call.OTHER) -> dict[str, Any]:
        """Its JSON. Raises ApiError; so does reading a field that the JSON does not have."""
        self._check_status()
        try:
            # Nicknames hold control characters, and WeChat does not escape them.
            fields = json.loads(self.body.decode("utf-8", "replace"), strict=False)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise Uncertain(0, "check WECHAT_API_URL: its answer is not WeChat's JSON")
        if errcode := fields.get("errcode", 0):
            raise api_error(errcode, str(fields.get("errmsg", "")), call)
        return _Fields(fields)

    def file(self) -> bytes:
        """Its bytes. Raises ApiError."""
        self._check_status()
        return self.body

    def _check_status(self) -> None:
        if self.status in _GATEWAY_STATUS:
            # A gateway that lost the answer cannot know whether the call was done.
            raise Uncertain(self.status, f"wait: a gateway answered HTTP {self.status}")
        if self.status >= 500:
            raise TryLater(self.status, f"wait: WeChat answered HTTP {self.status}")
        if self.status != 200:
            raise OperatorMustAct(
                self.status, f"check WECHAT_API_URL: it answered HTTP {self.status}"
            )


class _Fields(dict[str, Any]):
    def __missing__(self, name: str) -> Any:
        raise Uncertain(0, f"check WECHAT_API_URL: its answer has no {name}")


@dataclass(frozen=True, slots=True)
class UserInfo:
    """What WeChat tells the account about a user; only the openid if they do not follow it.

    `subscribe_time` is in epoch seconds. WeChat has sent no names and pictures since 2021.
    https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo.html
    """

    openid: str
    subscribe: bool
    unionid: str = ""
    language: str = ""
    subscribe_time: int = 0
    subscribe_scene: str = ""
    remark: str = ""
    tagid_list: tuple[int, ...] = ()

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> "UserInfo":
        return cls(
            openid=answer["openid"],
            subscribe=answer["subscribe"] == 1,
            unionid=answer.get("unionid", ""),
            language=answer.get("language", ""),
            subscribe_time=answer.get("subscribe_time", 0),
            subscribe_scene=answer.get("subscribe_scene", ""),
            remark=answer.get("remark", ""),
            tagid_list=tuple(answer.get("tagid_list", ())),
        )


@dataclass(frozen=True, slots=True)
class Followers:
    """One page of those who follow the account; `total` counts them all.

    `next_openid` asks for the next page; it is empty when there is none.
    https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_getfans.html
    """

    total: int
    openids: tuple[str, ...]
    next_openid: str

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> "Followers":
        """Reads a page. WeChat repeats the last openid, though nobody may follow after it."""
        openids = tuple(answer["data"]["openid"]) if answer["count"] else ()
        return cls(answer["total"], openids, answer.get("next_openid", "") if openids else "")


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of the account's, and how many followers have it."""

    id: int
    name: str
    count: int = 0

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> "Tag":
        return cls(answer["id"], answer["name"], answer.get("count", 0))


@dataclass(frozen=True, slots=True)
class Tagged:
    """One page of the followers with a tag; `next_openid` as in `Followers`."""

    openids: tuple[str, ...]
    next_openid: str

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> "Tagged":
        openids = tuple(answer["data"]["openid"]) if answer["count"] else ()
        return cls(openids, answer.get("next_openid", "") if openids else "")


@dataclass(frozen=True, slots=True)
class KfSession:
    """A user talks with staff: with the account `kf_account`, since `createtime`."""

    kf_account: str
    createtime: int


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code with a scene; `url` is its content, `image_url` is its picture at WeChat."""

    ticket: str
    url: str

    @property
    def image_url(self) -> str:
        return f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={quote(self.ticket, safe='')}"


@dataclass(frozen=True, slots=True)
class JsSdkTicket:
    """What the account signs its pages with for WeChat's JS-SDK."""

    app_id: str
    ticket: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class JsSdkSignature:
    """What a page passes to `wx.config`; `timestamp` in epoch seconds."""

    app_id: str
    timestamp: int
    nonce_str: str
    signature: str

    def config(self) -> dict[str, str | int]:
        """The fields of `wx.config`, in WeChat's words."""
        return {
            "appId": self.app_id,
            "timestamp": self.timestamp,
            "nonceStr": self.nonce_str,
            "signature": self.signature,
        }
