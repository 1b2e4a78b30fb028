"""What WeChat has not signed, or not for this account, is refused quietly.

https://developers.weixin.qq.com/doc/service/guide/dev/push/encryption.html
"""

import time

from .. import crypto, documents, pushes
from ..backend import Backend, Failed
from ..check import check
from ..delivery import Envelope, around, encoded, sealed, signed
from ..pushes import Push


def _asked(backend: Backend) -> Envelope:
    return backend.seal(pushes.text(backend.options.ask))


def _is_refused(backend: Backend, envelope: Envelope) -> str:
    return backend.refused(backend.wire.post(envelope))


def _name(backend: Backend) -> str:
    """The parameter that counts in the account's mode."""
    return "msg_signature" if "msg_signature" in _asked(backend).query else "signature"


@check()
def a_wrong_signature_is_refused(backend: Backend) -> str:
    """A push with a wrong signature is refused.

    Anybody can reach the address, and say what any user would say.
    """
    name = _name(backend)
    return _is_refused(backend, _asked(backend).asks(**{name: "0" * 40}))


@check()
def no_signature_is_refused(backend: Backend) -> str:
    """A push without its signature, or with an empty one, is refused, without an error status.

    A parameter that is looked up without looking whether it is there is an error of status 500.
    """
    name = _name(backend)
    missing = _is_refused(backend, _asked(backend).asks(**{name: None}))
    return f"{missing}; {_is_refused(backend, _asked(backend).asks(**{name: ''}))}"


@check()
def no_query_at_all_is_refused(backend: Backend) -> str:
    """A POST without any parameter is refused, without an error status.

    Scanners send such requests all day, and alarms should not ring.
    """
    return _is_refused(backend, Envelope({"x": "1"}, _asked(backend).body))


@check()
def a_signature_that_is_no_ascii_is_refused(backend: Backend) -> str:
    """A signature of other letters is refused, without an error status.

    Comparing text in constant time raises for them in Python.
    """
    return _is_refused(backend, _asked(backend).asks(**{_name(backend): "签名" * 10}))


@check()
def a_signature_of_another_push_is_refused(backend: Backend) -> str:
    """The signature of one push says nothing of another.

    It covers timestamp and nonce, and in safe mode what is encrypted.
    """
    name, other = _name(backend), _asked(backend)
    return _is_refused(backend, _asked(backend).asks(**{name: other.query[name]}))


@check()
def a_signature_given_twice_is_refused(backend: Backend) -> str:
    """A push whose signature stands in its query twice is refused.

    Two readers, a proxy and a framework, would each take another one.
    """
    name, envelope = _name(backend), _asked(backend)
    wrong = f"{name}={'0' * 40}"
    right = encoded(envelope.query)
    seen = [
        backend.refused(backend.wire.post(envelope, query=f"{wrong}&{right}")),
        backend.refused(backend.wire.post(envelope, query=f"{right}&{wrong}")),
    ]
    return "; ".join(seen)


@check("encrypted")
def the_plain_signature_says_nothing_of_a_body(backend: Backend) -> str:
    """The body of one push under the query of another is refused where bodies are encrypted.

    Only msg_signature covers the body; `signature` is right on every push.
    """
    envelope = _asked(backend).holds(_asked(backend).body)
    bare = envelope.asks(msg_signature=None)
    return f"{_is_refused(backend, envelope)}; {_is_refused(backend, bare)}"


@check()
def a_push_of_yesterday_is_refused(backend: Backend) -> str:
    """A push with a timestamp of yesterday is refused, although its signature is right.

    Whoever captured one could have it answered for ever.
    """
    push = Push(pushes.openid(), pushes.text(backend.options.ask))
    return _is_refused(backend, sealed(backend.account, push, at=time.time() - 86400))


@check()
def a_push_of_tomorrow_is_refused(backend: Backend) -> str:
    """A push with a timestamp of tomorrow is refused.

    A window that is open to one side keeps a captured push good for a day.
    """
    push = Push(pushes.openid(), pushes.text(backend.options.ask))
    return _is_refused(backend, sealed(backend.account, push, at=time.time() + 86400))


@check()
def a_timestamp_that_is_no_number_is_refused(backend: Backend) -> str:
    """A timestamp that is no number is refused, without an error status, however it is signed.

    Who knows no token cannot sign it; who does should not get a trace either.
    """
    query = {"timestamp": "now", "nonce": "1"}
    query["signature"] = crypto.sign(backend.account.token, *query.values())
    envelope = _asked(backend)
    if "msg_signature" not in envelope.query:
        return _is_refused(backend, envelope.asks(**query))
    encrypted = documents.read(envelope.body).findtext("Encrypt") or ""
    return _is_refused(backend, around(backend.account, encrypted, query))


@check("encrypted")
def another_app_id_is_refused(backend: Backend) -> str:
    """A push that was encrypted for another AppID is refused, also where it only begins alike.

    A third-party platform signs for many accounts; and a prefix is no equality.
    """
    others = ("wx0000000000000000", f"{backend.account.app_id}0", "")
    return "; ".join(_is_refused(backend, _encrypted(backend, app_id=each)) for each in others)


@check("counter")
def a_forged_push_has_no_effect(backend: Backend) -> str:
    """A forged push runs no handler, whatever is answered to it.

    A quiet answer is not enough: the booking must not be there.
    """
    user = pushes.openid()
    fields = pushes.text(backend.options.counter or "")
    forged = backend.seal(fields, user).asks(**{_name(backend): "0" * 40})
    backend.wire.post(forged)
    if (answered := backend.says(backend.options.counter or "", user)) != "1":
        raise Failed(f"after a forged push the first real one is answered {answered!r}")
    return "the first real push is number 1"


@check("encrypted", "echo")
def the_openid_of_the_query_is_not_believed(backend: Backend) -> str:
    """The openid in the query is not who wrote: no signature covers it.

    Whoever trusts it answers in another user's name.
    """
    user = pushes.openid()
    envelope = backend.seal(pushes.text("who am I"), user).asks(openid=pushes.openid())
    reply = backend.deliver(envelope).reply
    if reply is None or reply["ToUserName"] != user:
        raise Failed("the reply does not go to who wrote")
    return "the reply goes to who wrote"


def _encrypted(backend: Backend, *, app_id: str) -> Envelope:
    account = backend.account
    push = Push(pushes.openid(), pushes.text(backend.options.ask))
    document = documents.write(push.document(account.original_id)).encode()
    return around(account, crypto.encrypt(account.key, document, app_id), signed(account))
