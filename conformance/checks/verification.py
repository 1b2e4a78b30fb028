"""WeChat verifies the URL before it saves it.

https://developers.weixin.qq.com/doc/service/guide/dev/push/
"""

import time

from ..backend import Backend, Failed
from ..check import check
from ..crypto import sign
from ..delivery import Answer, encoded, signed

ECHO = "5838479218127813673"


def _echoed(answer: Answer, echostr: str) -> str:
    if answer.status != 200 or answer.body != echostr.encode():
        raise Failed(f"{echostr!r} was not answered as it is: {answer.shown()}")
    return answer.shown()


def _asked(backend: Backend, echostr: str, **changed: str) -> Answer:
    return backend.wire.get({**signed(backend.account), "echostr": echostr, **changed})


@check()
def verification_answers_echostr(backend: Backend) -> str:
    """A signed verification is answered with the bytes of echostr, and nothing else.

    WeChat saves the URL only then: no quotes, no line feed, no JSON.
    """
    return _echoed(_asked(backend, ECHO), ECHO)


@check()
def verification_keeps_digits(backend: Backend) -> str:
    """An echostr of many digits with zeros in front comes back digit by digit.

    Read as a number it loses its zeros, or its last digits in a float.
    """
    echostr = f"00{ECHO * 2}"
    return _echoed(_asked(backend, echostr), echostr)


@check()
def verification_refuses_a_wrong_signature(backend: Backend) -> str:
    """A verification with a wrong signature is not answered with echostr.

    Otherwise strangers have their own account verified by this server.
    """
    return backend.refused(_asked(backend, ECHO, signature="0" * 40))


@check()
def verification_refuses_no_signature(backend: Backend) -> str:
    """A verification without parameters of a signature is refused, and not with an error status.

    Scanners ask so all day; a trace on a page tells them what runs here.
    """
    return backend.refused(backend.wire.get({"echostr": ECHO}))


@check()
def verification_refuses_another_time(backend: Backend) -> str:
    """A signature counts for its own timestamp and nonce only.

    The signature covers both: https://developers.weixin.qq.com/doc/service/guide/dev/push/
    """
    return backend.refused(_asked(backend, ECHO, timestamp=str(int(time.time()) - 1)))


@check()
def verification_sorts_as_bytes(backend: Backend) -> str:
    """Token, timestamp and nonce are sorted as text, whichever comes first.

    Sorted as numbers, or not at all, a part of all pushes is refused.
    """
    for nonce in ("0", "9" * 10, "zz", "AA"):
        now = str(int(time.time()))
        query = {"timestamp": now, "nonce": nonce, "echostr": ECHO}
        query["signature"] = sign(backend.account.token, now, nonce)
        _echoed(backend.wire.get(query), ECHO)
    return "four nonces, each answered with echostr"


@check()
def verification_is_not_a_page(backend: Backend) -> str:
    """An echostr that is markup is not served as HTML.

    Whoever has one signed query could put a script on this domain, beside its cookies.
    """
    answer = _asked(backend, "<script>alert(1)</script>")
    if answer.status == 200 and b"<script>" in answer.body and "html" in answer.content_type:
        raise Failed(f"markup was served as {answer.content_type}")
    return f"status {answer.status}, {answer.content_type}"


@check()
def verification_refuses_a_parameter_twice(backend: Backend) -> str:
    """A verification whose signature stands there twice is refused, whichever is right.

    Two readers, a proxy and a framework, would each take another one.
    """
    right = {**signed(backend.account), "echostr": ECHO}
    wrong = f"signature={'0' * 40}"
    seen = [
        backend.refused(backend.wire.get(f"{wrong}&{encoded(right)}")),
        backend.refused(backend.wire.get(f"{encoded(right)}&{wrong}")),
    ]
    return "; ".join(seen)
