"""WeChat's API, one method for each call we know; handlers and the sender of late answers use it.

`call` makes any other call. All raise ApiError, whose subclass says what to do, or Unavailable
when the app secret cannot be read or, in pages and schedules, wechat_caller is out of reach.
https://developers.weixin.qq.com/doc/service/guide/
"""

import time
from collections.abc import Callable, Mapping, Sequence
from secrets import token_hex
from typing import Any, Literal, TypeAlias

from ..ports import Upload
from ..wechat import customer_service, plain_json, signatures
from ..wechat.api_responses import Followers, JsSdkSignature, QrCode, UserInfo
from ..wechat.errors import Call
from ..wechat.templates import TemplateMessage
from .account_calls import AccountCalls

MediaKind: TypeAlias = Literal["image", "voice", "video", "thumb"]


class Api:
    """The API of one account; safe to use from many threads."""

    def __init__(self, calls: AccountCalls, clock: Callable[[], float] = time.time) -> None:
        self._calls = calls
        self._clock = clock

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | Upload | None = None,
    ) -> dict[str, Any]:
        """Makes any call that needs an access token; `path` is like `/cgi-bin/tags/get`."""
        encoded = body if body is None or isinstance(body, Upload) else plain_json.sent(body)
        return self._call(method, path, query or {}, encoded)

    # --- Messages -----------------------------------------------------------------------------

    def send(self, openid: str, payload: customer_service.Payload) -> None:
        """Sends one customer service message; `customer_service.parts` makes its payload.

        Raises NotNow when WeChat takes it only after the user has written again.
        """
        sent = customer_service.body(payload, openid)
        self._call("POST", "/cgi-bin/message/custom/send", {}, sent, Call.SEND)

    def typing(self, openid: str) -> None:
        """Shows the user that an answer is being written, for up to 15 seconds."""
        self._typing(openid, "Typing")

    def cancel_typing(self, openid: str) -> None:
        self._typing(openid, "CancelTyping")

    def send_template(self, openid: str, message: TemplateMessage) -> int:
        """Sends a template message and returns its msgid, as TemplateSendJobFinishEvent has it."""
        body = {"touser": openid, **message.payload()}
        return int(self.call("POST", "/cgi-bin/message/template/send", body=body)["msgid"])

    # --- Media --------------------------------------------------------------------------------

    def upload_media(self, kind: MediaKind, name: str, content: bytes) -> str:
        """Uploads a file and returns its media_id, which is valid for three days.

        `name` needs the usual ending of the file's format, for example `.jpg`.
        https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.html
        """
        upload = Upload("media", name, content)
        answer = self.call("POST", "/cgi-bin/media/upload", {"type": kind}, upload)
        return str(answer.get("media_id") or answer["thumb_media_id"])

    def download_media(self, media_id: str) -> bytes:
        """The file behind a media_id."""
        return self._calls.media(media_id)

    # --- Users, menus, QR codes, pages --------------------------------------------------------

    def user_info(self, openid: str) -> UserInfo:
        query = {"openid": openid, "lang": "zh_CN"}
        return UserInfo.read(self.call("GET", "/cgi-bin/user/info", query))

    def followers(self, after: str = "") -> Followers:
        """A page of up to 10 000 openids that follow the account, those `after` an earlier page.

        `after` is the `next_openid` of the page before.
        """
        query = {"next_openid": after} if after else {}
        return Followers.read(self.call("GET", "/cgi-bin/user/get", query))

    def create_menu(self, buttons: Sequence[Mapping[str, Any]]) -> None:
        """Replaces the account's menu.

        https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html
        """
        self.call("POST", "/cgi-bin/menu/create", body={"button": list(buttons)})

    def get_menu(self) -> dict[str, Any]:
        return self.call("GET", "/cgi-bin/menu/get")

    def delete_menu(self) -> None:
        self.call("GET", "/cgi-bin/menu/delete")

    def create_qr_code(self, scene: str | int, seconds: int | None) -> QrCode:
        """Makes a QR code that carries `scene` and is valid for `seconds` (at most 30 days).

        None makes one that never expires; an account gets 100 000 of those, ever.
        https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html
        """
        name, kind = ("scene_str", "STR_SCENE") if isinstance(scene, str) else ("scene_id", "SCENE")
        code: dict[str, Any] = {"action_info": {"scene": {name: scene}}}
        if seconds is None:
            code["action_name"] = f"QR_LIMIT_{kind}"
        else:
            code |= {"action_name": f"QR_{kind}", "expire_seconds": seconds}
        answer = self.call("POST", "/cgi-bin/qrcode/create", body=code)
        return QrCode(answer["ticket"], answer["url"])

    def js_sdk_signature(self, url: str) -> JsSdkSignature:
        """Signs the page at `url`, so that it may use WeChat's JS-SDK."""
        ticket, nonce, now = self._calls.js_sdk_ticket(), token_hex(8), int(self._clock())
        signature = signatures.js_sdk(ticket.ticket, nonce, now, url.partition("#")[0])
        return JsSdkSignature(ticket.app_id, now, nonce, signature)

    # --- Common parts -------------------------------------------------------------------------

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: bytes | Upload | None,
        call: Call = Call.OTHER,
    ) -> dict[str, Any]:
        return self._calls.request(method, path, query, body, call).read(call)

    def _typing(self, openid: str, command: str) -> None:
        body = {"touser": openid, "command": command}
        self.call("POST", "/cgi-bin/message/custom/typing", body=body)
