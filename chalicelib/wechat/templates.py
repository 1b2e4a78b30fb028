"""Template messages, which tell users at any time about something they wait for.

https://developers.weixin.qq.com/doc/service/guide/product/template_message/Template_Message_Interface.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MiniProgram:
    appid: str
    pagepath: str = ""


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
        payload: dict[str, Any] = {
            "template_id": self.template_id,
            "data": {name: {"value": value} for name, value in self.data.items()},
        }
        if self.url:
            payload["url"] = self.url
        if self.miniprogram:
            target = self.miniprogram
            payload["miniprogram"] = {"appid": target.appid, "pagepath": target.pagepath}
        if self.client_msg_id:
            payload["client_msg_id"] = self.client_msg_id
        return payload
