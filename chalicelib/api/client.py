"""WeChat's API, one method for each call we know; handlers and the sender of late answers use it.

`call`, `upload` and `download` make any other call. All raise ApiError, whose subclass says what
to do, or Unavailable when the app secret cannot be read or, in pages and schedules, wechat_caller
is out of reach. There a file has at most 4 MB; a larger one raises MessageRefused.
https://developers.weixin.qq.com/doc/service/guide/
"""

import time
from collections.abc import Callable, Mapping, Sequence
from secrets import token_hex
from typing import Any, Literal, TypeAlias

from ..ports import Upload
from ..wechat import customer_service, plain_json, signatures
from ..wechat.api_responses import (
    ApiResponse,
    Followers,
    JsSdkSignature,
    KfSession,
    QrCode,
    Tag,
    Tagged,
    UserInfo,
)
from ..wechat.errors import Call, MessageRefused, Uncertain
from ..wechat.templates import SubscribeMessage, TemplateMessage
from .account_calls import AccountCall, AccountCalls

MediaKind: TypeAlias = Literal["image", "voice", "video", "thumb"]
_LASTING_SCENES = 100_000
"""Numbers that codes without an end may carry: 1 to this."""
_SCENES = 2**32 - 1
_SCENE_LENGTH = 64
_MOST_SECONDS = 30 * 24 * 3600


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
        response = self._made(method, path, query, body)
        try:
            return response.read()
        except Uncertain:
            if response.status != 200 or response.is_json:
                raise
            raise MessageRefused(0, f"use download: {path} answers with a file") from None

    def upload(
        self,
        path: str,
        name: str,
        content: bytes,
        *,
        field: str = "media",
        query: Mapping[str, str] | None = None,
        fields: Mapping[str, str | Mapping[str, Any]] | None = None,
    ) -> dict[str, Any]:
        """Makes any call that takes a file, with `fields` beside it; an object travels as JSON."""
        texts = {
            each: value if isinstance(value, str) else plain_json.sent(value).decode()
            for each, value in (fields or {}).items()
        }
        return self.call("POST", path, query, Upload(field, name, content, texts or None))

    def download(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Makes any call that answers with a file: by GET, or by POST if it has a body."""
        response = self._made("GET" if body is None else "POST", path, query, body)
        if response.status == 200 and response.is_json:
            raise MessageRefused(0, f"use call: {path} answers with JSON, perhaps with an address")
        return response.file()

    # --- Messages -----------------------------------------------------------------------------

    def send(self, openid: str, payload: customer_service.Payload) -> None:
        """Sends one customer service message; `customer_service.parts` makes its payload.

        Raises NotNow when WeChat takes it only after the user has written again.
        """
        sent = customer_service.body(payload, openid)
        call = AccountCall("POST", "/cgi-bin/message/custom/send", {}, sent, Call.SEND)
        self._calls.make(call).read(Call.SEND)

    def typing(self, openid: str) -> None:
        """Shows the user that an answer is being written, for up to 15 seconds."""
        self._typing(openid, "Typing")

    def cancel_typing(self, openid: str) -> None:
        self._typing(openid, "CancelTyping")

    def send_template(self, openid: str, message: TemplateMessage) -> int:
        """Sends a template message and returns its msgid, as TemplateSendJobFinishEvent has it."""
        body = {"touser": openid, **message.payload()}
        return int(self.call("POST", "/cgi-bin/message/template/send", body=body)["msgid"])

    def send_subscribe(self, openid: str, message: SubscribeMessage) -> None:
        """Sends a subscribe message; raises MessageRefused (43101) unless the user agreed to it.

        SubscribeMsgSentEvent says whether it arrived.
        """
        body = {"touser": openid, **message.payload()}
        self.call("POST", "/cgi-bin/message/subscribe/bizsend", body=body)

    # --- Media --------------------------------------------------------------------------------

    def upload_media(self, kind: MediaKind, name: str, content: bytes) -> str:
        """Uploads a file and returns its media_id, which is valid for three days.

        `name` needs the usual ending of the file's format, for example `.jpg`.
        https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.html
        """
        answer = self.upload("/cgi-bin/media/upload", name, content, query={"type": kind})
        return str(answer.get("media_id") or answer["thumb_media_id"])

    def download_media(self, media_id: str) -> bytes:
        """The file behind a media_id."""
        return self._calls.media(media_id)

    # --- Users and their tags -----------------------------------------------------------------

    def user_info(self, openid: str) -> UserInfo:
        query = {"openid": openid, "lang": "zh_CN"}
        return UserInfo.read(self.call("GET", "/cgi-bin/user/info", query))

    def user_infos(self, openids: Sequence[str]) -> tuple[UserInfo, ...]:
        """What WeChat tells about up to 100 users."""
        asked = {"user_list": [{"openid": each, "lang": "zh_CN"} for each in openids]}
        found = self.call("POST", "/cgi-bin/user/info/batchget", body=asked)["user_info_list"]
        return tuple(UserInfo.read(each) for each in found)

    def followers(self, after: str = "") -> Followers:
        """A page of up to 10 000 openids that follow the account, those `after` an earlier page.

        `after` is the `next_openid` of the page before.
        """
        query = {"next_openid": after} if after else {}
        return Followers.read(self.call("GET", "/cgi-bin/user/get", query))

    def tags(self) -> tuple[Tag, ...]:
        return tuple(Tag.read(each) for each in self.call("GET", "/cgi-bin/tags/get")["tags"])

    def create_tag(self, name: str) -> Tag:
        """Makes a tag; its name has up to 30 bytes, an account up to 100 tags."""
        made = self.call("POST", "/cgi-bin/tags/create", body={"tag": {"name": name}})
        return Tag.read(made["tag"])

    def delete_tag(self, tag_id: int) -> None:
        self.call("POST", "/cgi-bin/tags/delete", body={"tag": {"id": tag_id}})

    def tag(self, tag_id: int, openids: Sequence[str]) -> None:
        """Gives a tag to up to 50 followers; each may have 20."""
        asked = {"tagid": tag_id, "openid_list": list(openids)}
        self.call("POST", "/cgi-bin/tags/members/batchtagging", body=asked)

    def untag(self, tag_id: int, openids: Sequence[str]) -> None:
        """Takes a tag from up to 50 followers."""
        asked = {"tagid": tag_id, "openid_list": list(openids)}
        self.call("POST", "/cgi-bin/tags/members/batchuntagging", body=asked)

    def tagged(self, tag_id: int, after: str = "") -> Tagged:
        """A page of up to 10 000 openids that have the tag; `after` as for `followers`."""
        asked = {"tagid": tag_id, "next_openid": after}
        return Tagged.read(self.call("POST", "/cgi-bin/user/tag/get", body=asked))

    # --- Customer service ---------------------------------------------------------------------

    def open_session(self, openid: str, kf_account: str) -> None:
        """Lets a member of staff, who must be online, talk with the user.

        https://developers.weixin.qq.com/doc/service/api/customer/messctrl/api_createkfsession
        """
        self._session("create", openid, kf_account)

    def close_session(self, openid: str, kf_account: str) -> None:
        self._session("close", openid, kf_account)

    def session(self, openid: str) -> KfSession | None:
        """Who of the staff talks with the user, None if nobody does."""
        found = self.call("GET", "/customservice/kfsession/getsession", {"openid": openid})
        account = found.get("kf_account")
        return KfSession(account, found.get("createtime", 0)) if account else None

    # --- Menus, QR codes, pages ---------------------------------------------------------------

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

        None makes one that never expires; an account gets 100 000 of those, ever. Raises
        MessageRefused for what WeChat takes without a word, though no scan would bring it back.
        https://developers.weixin.qq.com/doc/service/api/qrcode/qrcodes/api_createqrcode.html
        """
        _check_scene(scene, seconds)
        name, kind = ("scene_str", "STR_SCENE") if isinstance(scene, str) else ("scene_id", "SCENE")
        code: dict[str, Any] = {"action_info": {"scene": {name: scene}}}
        if seconds is None:
            code["action_name"] = f"QR_LIMIT_{kind}"
        else:
            code |= {"action_name": f"QR_{kind}", "expire_seconds": seconds}
        answer = self.call("POST", "/cgi-bin/qrcode/create", body=code)
        return QrCode(answer["ticket"], answer["url"])

    def shorten(self, text: str, seconds: int = _MOST_SECONDS) -> str:
        """A key of 15 letters and digits, for up to 4 KB of text and up to 30 days."""
        asked = {"long_data": text, "expire_seconds": seconds}
        return str(self.call("POST", "/cgi-bin/shorten/gen", body=asked)["short_key"])

    def expand(self, short_key: str) -> str:
        """The text behind a key of `shorten`."""
        asked = {"short_key": short_key}
        return str(self.call("POST", "/cgi-bin/shorten/fetch", body=asked)["long_data"])

    def js_sdk_signature(self, url: str) -> JsSdkSignature:
        """Signs the page at `url`, so that it may use WeChat's JS-SDK."""
        ticket, nonce, now = self._calls.js_sdk_ticket(), token_hex(8), int(self._clock())
        signature = signatures.js_sdk(ticket.ticket, nonce, now, url.partition("#")[0])
        return JsSdkSignature(ticket.app_id, now, nonce, signature)

    # --- Common parts -------------------------------------------------------------------------

    def _made(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | Upload | None,
    ) -> ApiResponse:
        encoded = body if body is None or isinstance(body, Upload) else plain_json.sent(body)
        return self._calls.make(AccountCall(method, path, query or {}, encoded))

    def _typing(self, openid: str, command: str) -> None:
        body = {"touser": openid, "command": command}
        self.call("POST", "/cgi-bin/message/custom/typing", body=body)

    def _session(self, action: str, openid: str, kf_account: str) -> None:
        body = {"kf_account": kf_account, "openid": openid}
        self.call("POST", f"/customservice/kfsession/{action}", body=body)


def _check_scene(scene: str | int, seconds: int | None) -> None:
    """Raises MessageRefused for a code that would be of no use."""
    if isinstance(scene, str):
        if not 1 <= len(scene) <= _SCENE_LENGTH:
            raise MessageRefused(0, f"give the code a scene of 1 to {_SCENE_LENGTH} characters")
        return
    largest = _LASTING_SCENES if seconds is None else _SCENES
    if not 1 <= scene <= largest:
        raise MessageRefused(0, f"give the code a scene from 1 to {largest}, or a text")
