"""Messages that fill a template, and need no message of the user's before them.

A template message (模板消息) tells followers about something they wait for. A subscribe message
(订阅通知) goes to those who have agreed to it, once for each time they did.

https://developers.weixin.qq.com/doc/service/guide/product/template_message/Template_Message_Interface.html
https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MiniProgram:
    appid: str
    pagepath: str = ""

    def payload(self) -> dict[str, str]:
        return {"appid": self.appid, "pagepath": self.pagepath}


@dataclass(frozen=True, slots=True)
class TemplateMessage:
    """A template filled with `data` by keyword; a tap opens `miniprogram`, or otherwise `url`.

    `client_msg_id` is an idempotency key: WeChat sends it to a user once within ten minutes.
    """

    template_id: str
    data: Mapping[str, str]
    url: str = ""
    miniprogram: MiniProgram | None = None
    client_msg_id: str = ""

    def payload(self) -> dict[str, Any]:
        """The request, without its recipient."""
        payload = _filled(self.template_id, self.data, self.miniprogram)
        if self.url:
            payload["url"] = self.url
        if self.client_msg_id:
            payload["client_msg_id"] = self.client_msg_id
        return payload


@dataclass(frozen=True, slots=True)
class SubscribeMessage:
    """A template filled with `data` by keyword; a tap opens `miniprogram`, or otherwise `page`."""

    template_id: str
    data: Mapping[str, str]
    page: str = ""
    miniprogram: MiniProgram | None = None

    def payload(self) -> dict[str, Any]:
        """The request, without its recipient."""
        payload = _filled(self.template_id, self.data, self.miniprogram)
        return {**payload, "page": self.page} if self.page else payload


def _filled(
    template_id: str, data: Mapping[str, str], miniprogram: MiniProgram | None
) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "template_id": template_id,
        "data": {name: {"value": value} for name, value in data.items()},
    }
    return {**payload, "miniprogram": miniprogram.payload()} if miniprogram else payload
