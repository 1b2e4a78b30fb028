"""Fresh pushes as API Gateway passes them to a function, and the check of their answers."""

import json
import secrets
import time
from dataclasses import dataclass
from typing import Any, TypeAlias

from chalicelib.wechat.replies import Text
from simulator import envelopes, pushes, replies
from simulator.account import Account
from simulator.pushes import Push

Event: TypeAlias = dict[str, Any]

_FORGED = "0" * 40


@dataclass(frozen=True, slots=True)
class Fresh:
    """A push whose text, sender, nonce and ciphertext are new."""

    push: Push
    document: str

    @classmethod
    def make(cls, account: Account, opening: str = "请问", openid: str = "") -> "Fresh":
        """A text sent now, because WeChat's timestamps are valid for minutes only.

        Somebody new sends it, or the user with this openid.
        """
        text = f"{opening}订单 {secrets.token_hex(8)} 什么时候能到？谢谢 <&> 😀"
        push = pushes.text(text).by(openid or new_openid())
        sealed = envelopes.seal(account, push, time.time())
        return cls(push, json.dumps(_event(dict(sealed.query), sealed.body)))

    def event(self) -> Event:
        """A new copy of the event, as Lambda's runtime reads it."""
        event: Event = json.loads(self.document)
        return event

    def forged_event(self) -> Event:
        """The event with signatures that do not fit."""
        event = self.event()
        for name in ("signature", "msg_signature"):
            event["multiValueQueryStringParameters"][name] = [_FORGED]
        return event

    def is_echoed_by(self, answer: dict[str, Any], account: Account) -> bool:
        """Whether WeChat would accept `answer` and show users their own text."""
        document = envelopes.open_reply(account, answer["body"].encode())
        reply = replies.read(document, account, self.push)
        return answer["statusCode"] == 200 and reply == Text(str(self.push.fields["Content"]))


def new_openid() -> str:
    """The openid of a new user, as long as WeChat's."""
    return f"o{secrets.token_urlsafe(20)}"


def _event(query: dict[str, str], body: str) -> Event:
    headers = {
        "Accept": "*/*",
        "Content-Type": "text/xml",
        "Host": "0123456789.execute-api.ap-east-1.amazonaws.com",
        "Pragma": "no-cache",
        "User-Agent": "Mozilla/4.0",
        "X-Amzn-Trace-Id": "Root=1-67891233-abcdef012345678912345678",
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    return {
        "resource": "/wechat",
        "path": "/wechat",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": "/wechat",
            "httpMethod": "POST",
            "path": "/api/wechat",
            "protocol": "HTTP/1.1",
            "stage": "api",
            "domainName": "0123456789.execute-api.ap-east-1.amazonaws.com",
            "requestTimeEpoch": int(time.time() * 1000),
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "Mozilla/4.0"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


class LambdaContext:
    """The context that Lambda passes to a function."""

    def get_remaining_time_in_millis(self) -> float:
        return 30_000
