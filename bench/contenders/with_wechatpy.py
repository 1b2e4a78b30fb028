"""wechatpy as its own examples use it, for any web framework."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from chalicelib.wechat.envelopes import Mode
from simulator.account import Account

Answer: TypeAlias = Callable[[Mapping[str, str], bytes], str]
"""Makes the body of the answer from query and body. Raises InvalidSignatureException."""


def answer(account: Account) -> Answer:
    return _plaintext(account) if account.mode is Mode.PLAINTEXT else _safe(account)


def _safe(account: Account) -> Answer:
    # Its examples make a new one for each push; one for all is faster.
    crypto = WeChatCrypto(account.token, account.encoding_aes_key, account.app_id)

    def answer_safe(query: Mapping[str, str], body: bytes) -> str:
        timestamp, nonce = query["timestamp"], query["nonce"]
        document = crypto.decrypt_message(body, query["msg_signature"], timestamp, nonce)
        reply: str = crypto.encrypt_message(_echo(document), nonce, timestamp)
        return reply

    return answer_safe


def _plaintext(account: Account) -> Answer:
    def answer_plaintext(query: Mapping[str, str], body: bytes) -> str:
        check_signature(account.token, query["signature"], query["timestamp"], query["nonce"])
        return _echo(body)

    return answer_plaintext


def _echo(document: str | bytes) -> str:
    message = parse_message(document)
    reply: str = create_reply(message.content, message).render()
    return reply
