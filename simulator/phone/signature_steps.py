"""How a delivery and its reply were signed and encrypted, step by step, without secrets."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from chalicelib.wechat import signatures
from simulator.account import Account
from simulator.envelopes import parse
from simulator.outcome import BadReply, Exchange

_HIDDEN = "••••"


def of_push(account: Account, exchange: Exchange) -> dict[str, Any]:
    """The signature that the backend checks: its sorted parts, their digest, the expected value."""
    query = exchange.query
    signed = [("timestamp", query["timestamp"]), ("nonce", query["nonce"])]
    if "msg_signature" not in query:
        return _steps(account, signed, "signature", query["signature"], {})
    encrypted = _element(exchange.sent_body, "Encrypt")
    sealed = _sealed(account, encrypted, exchange.sent_xml)
    signed.append(("Encrypt", encrypted))
    return _steps(account, signed, "msg_signature", query["msg_signature"], sealed)


def of_reply(account: Account, exchange: Exchange) -> dict[str, Any] | None:
    """The same for an encrypted reply, or None."""
    encrypted = _element(exchange.response_body, "Encrypt")
    if not encrypted:
        return None
    named = {name: _element(exchange.response_body, name) for name in ("TimeStamp", "Nonce")}
    given = _element(exchange.response_body, "MsgSignature")
    sealed = _sealed(account, encrypted, exchange.reply_xml)
    return _steps(account, [*named.items(), ("Encrypt", encrypted)], "MsgSignature", given, sealed)


def _steps(
    account: Account,
    signed: list[tuple[str, str]],
    name: str,
    given: str,
    sealed: Mapping[str, Any],
) -> dict[str, Any]:
    digest = signatures.sign(account.token, *(value for _, value in signed))
    parts = sorted([*signed, ("token", account.token)], key=lambda part: part[1])
    return {
        "name": name,
        "parts": [{"name": part, "value": _shown(part, value)} for part, value in parts],
        "digest": digest,
        "given": given,
        "fits": digest == given,
        "sealed": sealed,
    }


def _shown(name: str, value: str) -> str:
    if name == "token":
        return _HIDDEN
    return value if len(value) <= 32 else f"{value[:24]}…（{len(value)}）"


def _sealed(account: Account, encrypted: str, document: str) -> dict[str, Any]:
    """The parts of the plaintext, in bytes: random, length, document, app id, padding."""
    try:
        total = len(base64.b64decode(encrypted))
    except binascii.Error:
        return {}
    length = len(document.encode("utf-8", "replace"))
    padding = total - 16 - 4 - length - len(account.app_id)
    return {"total": total, "length": length, "app_id": account.app_id, "padding": padding}


def _element(document: str, name: str) -> str:
    try:
        return parse(document.encode("utf-8", "replace")).findtext(name, "")
    except BadReply:
        return ""
