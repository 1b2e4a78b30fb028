"""Errors between WeChat and us, sorted by what to do about them.

Why no handler answers a push:

    PushError
    ├── Refused      not verified as a push from WeChat for this account
    │   └── SignatureWrong   made with a token that is not ours (yet)
    ├── Malformed    not readable far enough to verify it
    │   └── Undecryptable   its signature is right, but no key of ours decrypts it
    └── Unreadable   verified, but its content makes no sense to us

Each has a `reason`, one fixed word for the log that holds nothing of the push, and is counted as
`metric`. The sender gets `status` and `text`, which say as little as possible.

Why a call to WeChat's API failed, and what the caller does next:

    ApiError
    ├── TokenRejected    fetches an access token again, once, and repeats the call
    ├── TryLater         waits and repeats the call; nothing was done
    │   └── Uncertain    the same, but the call may have been done
    ├── NotNow           keeps the message until the user next writes or taps
    │   └── SendingNotPermitted   the same, and an operator must act
    ├── Final            gives up; repeating the call never helps
    │   ├── MessageRefused   only this one; others to the same user may go
    │   ├── UserGone         nothing goes to this user any more; others are not concerned
    │   └── NotPermitted     and an operator must act before any such call succeeds
    ├── OperatorMustAct  waits for an operator; the text says what to do
    │   ├── TokenRefused     the same: without a token no call can be made
    │   │   └── SecretRefused    reads the app secret again first
    │   ├── NotPermitted
    │   └── SendingNotPermitted
    ├── AuthorizeAgain   sends the user through web authorization again
    └── Repeated         treats it as a page loaded twice

An ApiError that is none of these has an errcode that we do not know. What an errcode means may
depend on the `Call`.

Each has WeChat's `errcode`; its text is one sentence for the operator, without secrets.
https://developers.weixin.qq.com/doc/oplatform/developers/errCode/
"""

import re
from collections.abc import Mapping
from enum import Enum, auto


class PushError(Exception):
    """A push that no handler answers."""

    status: int
    text: str
    metric: str

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Refused(PushError):
    """Its signature is missing or wrong, its timestamp is off, or its mode is not ours."""

    status = 403
    text = "forbidden"
    metric = "PushRefused"


class SignatureWrong(Refused):
    """None of our tokens made the signature: it is forged, or we have not read the token yet."""


class Malformed(PushError):
    """It is too large, or not XML."""

    status = 400
    text = "bad request"
    metric = "PushMalformed"


class Undecryptable(Malformed):
    """Signed with our token, but with a key that is not ours (yet)."""

    metric = "PushUndecryptable"


class Unreadable(PushError):
    """Not as WeChat documents it. Answered with `success`, because all else shows a fault."""

    status = 200
    text = "success"
    metric = "PushUnreadable"


class ApiError(Exception):
    """WeChat's API refused a call; `errcode` is WeChat's, or the HTTP status, or 0."""

    def __init__(self, errcode: int, advice: str) -> None:
        super().__init__(advice)
        self.errcode = errcode


class TokenRejected(ApiError):
    """The access token is not the account's current one."""


class TryLater(ApiError):
    """WeChat is busy or cannot be reached, and has not done the call."""


class Uncertain(TryLater):
    """No answer came back: the call may have been done, so repeating it may do it twice."""


class NotNow(ApiError):
    """WeChat takes no message to this user until they write or tap again."""


class Final(ApiError):
    """WeChat will never do this call."""


class MessageRefused(Final):
    """Something is wrong with this message or call alone; others to the same user may go."""


class UserGone(Final):
    """This user gets nothing from the account; calls for others are not concerned."""


class OperatorMustAct(ApiError):
    """The account's setup makes every such call fail."""


class TokenRefused(OperatorMustAct):
    """There is no access token, or no answer of web authorization."""


class SecretRefused(TokenRefused):
    """The app secret is not the latest one from 微信开发者平台."""


class SendingNotPermitted(NotNow, OperatorMustAct):
    """The account may not send customer service messages."""


class NotPermitted(Final, OperatorMustAct):
    """The account may not call this API."""


class AuthorizeAgain(ApiError):
    """The user's authorization has ended."""


class Repeated(ApiError):
    """The code was used or has expired, for example because a page was loaded twice."""


class Call(Enum):
    """What a call to WeChat's API is for."""

    TOKEN = auto()
    """Fetches an access token, or is a call of web authorization (`sns/`)."""
    SEND = auto()
    """Sends a customer service message."""
    OTHER = auto()


def api_error(errcode: int, errmsg: str, call: Call = Call.OTHER) -> ApiError:
    """The error that `errcode` means; keeps nothing of `errmsg` that may be secret."""
    kind, advice = _ADVICE_OF_CALL.get((call, errcode)) or _ADVICE.get(errcode, _UNKNOWN)
    if call is Call.TOKEN and kind is OperatorMustAct:
        kind = TokenRefused
    return kind(errcode, f"{advice} ({errcode} {_LONG_WORD.sub('…', errmsg)[:300]})")


# Tokens, secrets and openids are longer than this; addresses and request ids are needed.
_LONG_WORD = re.compile(r"\b(?<!rid: )[\w-]{20,}", re.ASCII)

_OTHER_PROGRAM = "let all programs of this account fetch tokens by stable_token, without force"
_NO_WINDOW = "nothing to do: 48 hours have passed since the user's message, or a minute since a tap"
_TOO_LARGE = "send a smaller file: WeChat takes none of this size"
_TOO_LONG = "make the message shorter"
_WHITELIST = "add this address to the IP whitelist on 微信开发者平台 (基础信息 → 开发密钥)"
_NOT_PERMITTED = (
    "request this API on 微信开发者平台 (接口管理 → 接口权限与额度): the account may not call it"
)
_FROZEN = "thaw the AppSecret on 微信开发者平台 (基础信息 → 开发密钥): it is frozen"
_AUTHORIZE = "nothing to do: the user has to authorize again"
_RELOAD = "nothing to do: the user loaded the page twice, or too late"
_UNKNOWN = (ApiError, "look the errcode up in WeChat's documentation")
_ADVICE: Mapping[int, tuple[type[ApiError], str]] = {
    40001: (TokenRejected, _OTHER_PROGRAM),
    40014: (TokenRejected, _OTHER_PROGRAM),
    42001: (TokenRejected, _OTHER_PROGRAM),
    -1: (TryLater, "wait: WeChat is busy"),
    45011: (TryLater, "make fewer calls per minute"),
    45015: (NotNow, _NO_WINDOW),
    45047: (NotNow, "answer in fewer messages: the user has to write before they get more"),
    40003: (UserGone, "nothing to do: this openid belongs to another account"),
    43004: (UserGone, "nothing to do: the user does not follow the account"),
    43019: (UserGone, "take the user off the account's blacklist, if they should get messages"),
    48002: (UserGone, "nothing to do: the user refuses messages of this account"),
    40007: (MessageRefused, "upload the media again: this media_id has expired, or never existed"),
    40008: (MessageRefused, "send another kind of message: WeChat does not know this one"),
    40013: (MessageRefused, "link the mini program with this account, or correct its appid"),
    40037: (MessageRefused, "correct the template id: the account has no such template"),
    43101: (MessageRefused, "nothing to do: the user has not subscribed to this message"),
    44004: (MessageRefused, "write some text: the message was empty"),
    45001: (MessageRefused, _TOO_LARGE),
    45002: (MessageRefused, _TOO_LONG),
    45003: (MessageRefused, _TOO_LONG),
    45004: (MessageRefused, _TOO_LONG),
    45005: (MessageRefused, _TOO_LONG),
    45006: (MessageRefused, _TOO_LONG),
    45007: (MessageRefused, _TOO_LARGE),
    45008: (MessageRefused, "send one article per message"),
    45065: (MessageRefused, "nothing to do: the message to many with this clientmsgid was sent"),
    45080: (MessageRefused, "nothing to do: the user has not written within the last 30 seconds"),
    45081: (MessageRefused, "nothing to do: the user sees already that an answer is coming"),
    47003: (MessageRefused, "correct the arguments: WeChat does not take one of them"),
    61452: (MessageRefused, "correct the kf_account: the account has no such staff"),
    70000: (MessageRefused, "nothing to do: minors do not get this message"),
    48001: (NotPermitted, _NOT_PERMITTED),
    40125: (SecretRefused, "put the latest AppSecret from 微信开发者平台 into app-secret"),
    40164: (OperatorMustAct, _WHITELIST),
    40243: (OperatorMustAct, _FROZEN),
    45009: (OperatorMustAct, "wait until midnight or clear the account's quota: it is used up"),
    48004: (OperatorMustAct, "read the account's notices in WeChat: this API is banned"),
    50004: (OperatorMustAct, "read the account's notices in WeChat: this API is banned"),
    61004: (OperatorMustAct, _WHITELIST),
    89503: (OperatorMustAct, "let an administrator of the account confirm this address in WeChat"),
    40030: (AuthorizeAgain, _AUTHORIZE),
    42002: (AuthorizeAgain, _AUTHORIZE),
    42007: (AuthorizeAgain, _AUTHORIZE),
    40163: (Repeated, _RELOAD),
    42003: (Repeated, _RELOAD),
    40029: (Repeated, _RELOAD),
}
_ADVICE_OF_CALL: Mapping[tuple[Call, int], tuple[type[ApiError], str]] = {
    (Call.TOKEN, 40013): (TokenRefused, "put the account's AppID into the parameter app-id"),
    (Call.SEND, 48001): (
        SendingNotPermitted,
        "set LATE_ANSWERS=passive: the account may not send customer service messages",
    ),
}
