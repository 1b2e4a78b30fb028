"""The least code that answers a push on Chalice: it checks one signature and logs nothing."""

import base64
import hashlib
import os
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias
from xml.parsers.expat import ParserCreate

from chalice.app import Chalice, Response
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from chalicelib.wechat.envelopes import Mode
from simulator.account import Account

Answer: TypeAlias = Callable[[Mapping[str, str], bytes], str]


class Forged(Exception):
    """The signature does not fit."""


def handler(account: Account) -> Chalice:
    app = Chalice(app_name="floor")
    answer = _plaintext(account) if account.mode is Mode.PLAINTEXT else _safe(account)

    @app.route("/wechat", methods=["POST"], content_types=["text/xml"])
    def push() -> Response:
        request: Any = app.current_request
        try:
            return Response(
                answer(request.query_params, request.raw_body),
                {"Content-Type": "application/xml"},
            )
        except Forged:
            return Response("", status_code=403)

    return app


def _plaintext(account: Account) -> Answer:
    def answer(query: Mapping[str, str], body: bytes) -> str:
        if query["signature"] != _sign(account.token, query["timestamp"], query["nonce"]):
            raise Forged
        return _echo(_read(body))

    return answer


def _safe(account: Account) -> Answer:
    key = base64.b64decode(account.encoding_aes_key + "=")
    cipher = Cipher(AES(key), CBC(key[:16]))

    def answer(query: Mapping[str, str], body: bytes) -> str:
        encrypted = _read(body)["Encrypt"]
        timestamp, nonce = query["timestamp"], query["nonce"]
        if query["msg_signature"] != _sign(account.token, timestamp, nonce, encrypted):
            raise Forged
        reply = _encrypt(cipher, _echo(_read(_decrypt(cipher, encrypted))), account.app_id)
        signature = _sign(account.token, timestamp, nonce, reply)
        return (
            f"<xml><Encrypt>{reply}</Encrypt><MsgSignature>{signature}</MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce>{nonce}</Nonce></xml>"
        )

    return answer


def _sign(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def _read(document: bytes) -> dict[str, str]:
    fields: dict[str, str] = {}
    texts: list[str] = []

    def end(name: str) -> None:
        fields[name] = "".join(texts)
        texts.clear()

    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda *_: texts.clear()
    parser.CharacterDataHandler = texts.append
    parser.EndElementHandler = end
    parser.Parse(document, True)  # noqa: FBT003 - expat takes no names
    return fields


def _decrypt(cipher: Cipher[CBC], encrypted: str) -> bytes:
    decryptor = cipher.decryptor()
    plain = decryptor.update(base64.b64decode(encrypted)) + decryptor.finalize()
    return plain[20 : 20 + int.from_bytes(plain[16:20], "big")]


def _encrypt(cipher: Cipher[CBC], text: str, app_id: str) -> str:
    message = text.encode()
    plain = os.urandom(16) + len(message).to_bytes(4, "big") + message + app_id.encode()
    padding = 32 - len(plain) % 32
    encryptor = cipher.encryptor()
    blocks = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(blocks).decode()


def _echo(fields: Mapping[str, str]) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{fields['FromUserName']}]]></ToUserName>"
        f"<FromUserName><![CDATA[{fields['ToUserName']}]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType>text</MsgType>"
        f"<Content><![CDATA[{fields['Content']}]]></Content></xml>"
    )
