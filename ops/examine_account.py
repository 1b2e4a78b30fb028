"""What WeChat allows this kind of account. Each call only reads.

https://developers.weixin.qq.com/doc/subscription/guide/ (公众号)
https://developers.weixin.qq.com/doc/service/guide/ (服务号)
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from chalicelib.api.client import Api
from chalicelib.wechat.errors import ApiError, TokenRefused, TryLater

from . import wechat, wechat_places
from .findings import Finding, Patient, ok, warn

_FORBIDDEN = (48001, 48004, 50004)
_PAGE: Mapping[str, Any] = {"offset": 0, "count": 1, "no_content": 1}


class _Asked(NamedTuple):
    """A call of an API. Any answer but a refusal of the API shows that the account may use it."""

    what: str
    method: str
    path: str
    body: Mapping[str, Any] | None = None


TEMPLATES = "template messages"
_ASKED = (
    _Asked("menus", "GET", "/cgi-bin/menu/get"),
    _Asked("customer service messages", "GET", "/cgi-bin/customservice/getkflist"),
    _Asked(TEMPLATES, "GET", "/cgi-bin/template/get_all_private_template"),
    _Asked("publishing", "POST", "/cgi-bin/freepublish/batchget", _PAGE),
)
_WHO = (
    "Personal (个人) and unverified (未认证) accounts have no customer service messages, no web "
    "authorization and no publishing, and only a verified 服务号 has template messages and web "
    "authorization. Have the account verified (微信认证), or do without: LATE_ANSWERS passive, no "
    f"pages to sign in. All APIs of the account: {wechat_places.PERMISSIONS}."
)


def permissions(patient: Patient) -> Iterator[Finding]:
    """Which APIs WeChat gives to the account.

    WeChat does not tell about web authorization; the accounts that have it have template messages.
    """
    api = wechat.api(patient.target)
    try:
        allowed = {each.what: _is_allowed(api, each) for each in _ASKED}
    except (TokenRefused, TryLater) as error:
        yield warn("account", "WeChat does not say what the account may do", f"{error}.")
        return
    signs_in = allowed[TEMPLATES]
    may = [what for what, is_allowed in allowed.items() if is_allowed]
    may_not = [what for what, is_allowed in allowed.items() if not is_allowed]
    (may if signs_in else may_not).append("web authorization")
    if may:
        yield ok("account", f"WeChat gives it {', '.join(may)}")
    if may_not:
        yield warn("account", f"WeChat does not give it {', '.join(may_not)}", _WHO)


def _is_allowed(api: Api, asked: _Asked) -> bool:
    try:
        api.call(asked.method, asked.path, body=asked.body)
    except (TokenRefused, TryLater):
        raise
    except ApiError as error:
        return error.errcode not in _FORBIDDEN
    return True
