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
    ├── Final            gives up this message; repeating the call never helps
    │   ├── MessageRefused   only this one; others to the same user may go
    │   └── NotPermitted     the same, and all others until an operator acts
    ├── OperatorMustAct  waits for an operator; the text says what to do
    │   ├── SecretRefused    reads the app secret again first
    │   └── NotPermitted
    ├── AuthorizeAgain   sends the user through web authorization again
    └── Repeated         treats it as a page loaded twice

Each has WeChat's `errcode`; its text is one sentence for the operator, without secrets.
https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
"""

import re
from collections.abc import Mapping


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


class Final(ApiError):
    """WeChat will never accept this message."""


class MessageRefused(Final):
    """Something is wrong with this message alone; others to the same user may go."""


class OperatorMustAct(ApiError):
    """The account's setup makes every such call fail."""


class SecretRefused(OperatorMustAct):
    """The app secret is not the latest one from WeChat's console."""


class NotPermitted(Final, OperatorMustAct):
    """The account may not call this API."""


class AuthorizeAgain(ApiError):
    """The user's authorization has ended."""


class Repeated(ApiError):
    """The code was used or has expired, for example because a page was loaded twice."""


def api_error(errcode: int, errmsg: str) -> ApiError:
    """The error that `errcode` means; keeps nothing of `errmsg` that may be secret."""
    kind, advice = _ADVICE.get(errcode, (ApiError, "look the errcode up in WeChat's documentation"))
    return kind(errcode, f"{advice} ({errcode} {_LONG_WORD.sub('…', errmsg)[:300]})")


# Tokens, secrets and openids are longer than this; addresses and request ids are needed.
_LONG_WORD = re.compile(r"\b(?<!rid: )[\w-]{20,}", re.ASCII)

_OTHER_PROGRAM = "let all programs of this account fetch tokens by stable_token, without force"
_NO_WINDOW = "nothing to do: 48 hours have passed since the user's message, or a minute since a tap"
_AUTHORIZE = "nothing to do: the user has to authorize again"
_RELOAD = "nothing to do: the user loaded the page twice, or too late"
_ADVICE: Mapping[int, tuple[type[ApiError], str]] = {
    40001: (TokenRejected, _OTHER_PROGRAM),
    40014: (TokenRejected, _OTHER_PROGRAM),
    42001: (TokenRejected, _OTHER_PROGRAM),
    -1: (TryLater, "wait: WeChat is busy"),
    45011: (TryLater, "make fewer calls per minute"),
    40003: (Final, "nothing to do: this openid belongs to another account"),
    40007: (MessageRefused, "upload the media again: this media_id has expired, or never existed"),
    40008: (MessageRefused, "send another kind of message: WeChat does not know this one"),
    44004: (MessageRefused, "write some text: the message was empty"),
    45008: (MessageRefused, "send one article per message"),
    43004: (Final, "nothing to do: the user does not follow the account"),
    43019: (Final, "take the user off the account's blacklist, if they should get messages"),
    45002: (MessageRefused, "make the message shorter"),
    45015: (Final, _NO_WINDOW),
    45047: (Final, "answer in fewer messages: the user has to write before they get more"),
    48001: (
        NotPermitted,
        "if this was a late answer, set LATE_ANSWERS=passive: the account may not call this API",
    ),
    48002: (Final, "nothing to do: the user refuses messages of this account"),
    40013: (OperatorMustAct, "put the account's AppID into the parameter app-id"),
    40125: (SecretRefused, "put the latest AppSecret from WeChat's console into app-secret"),
    40164: (OperatorMustAct, "add this address to the IP whitelist in WeChat's console"),
    45009: (OperatorMustAct, "wait until midnight or clear the account's quota: it is used up"),
    48004: (OperatorMustAct, "read the notices in WeChat's console: this API is banned"),
    40030: (AuthorizeAgain, _AUTHORIZE),
    42002: (AuthorizeAgain, _AUTHORIZE),
    42007: (AuthorizeAgain, _AUTHORIZE),
    40163: (Repeated, _RELOAD),
    42003: (Repeated, _RELOAD),
    40029: (Repeated, _RELOAD),
}
