"""Signs as WeChat does: `signature` is the SHA-1 of the sorted token, timestamp and nonce.

For an encrypted body the ciphertext is sorted in as a fourth part; that is `msg_signature`.
https://developers.weixin.qq.com/doc/service/guide/dev/push/
"""

import hashlib
import hmac


def sign(token: str, timestamp: str, nonce: str, *encrypted: str) -> str:
    """The hex digest WeChat sends as `signature` or, given the ciphertext, as `msg_signature`."""
    # UTF-8 keeps the order of characters, so this sorts as WeChat does, byte by byte.
    signed = "".join(sorted((token, timestamp, nonce, *encrypted)))
    return hashlib.sha1(_bytes(signed), usedforsecurity=False).hexdigest()


def fits(signature: str, token: str, timestamp: str, nonce: str, *encrypted: str) -> bool:
    """Whether `signature` was made with `token`, compared in constant time."""
    expected = sign(token, timestamp, nonce, *encrypted)
    return hmac.compare_digest(expected.encode(), _bytes(signature))


def js_sdk(ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """The signature that lets the page at `url` (without fragment) use WeChat's JS-SDK.

    https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html
    """
    signed = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(_bytes(signed), usedforsecurity=False).hexdigest()


def _bytes(text: str) -> bytes:
    # A JSON event can hold lone surrogates, and strict encoding would raise.
    return text.encode("utf-8", "replace")
