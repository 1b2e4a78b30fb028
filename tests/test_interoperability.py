"""An independent implementation, wechatpy, understands what we send, and we what it sends."""

import time

import pytest
import xmltodict
from wechatpy import create_reply, parse_message
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import check_signature

from chalicelib.wechat.encryption import EncodingAesKey
from chalicelib.wechat.envelopes import Credentials, Mode, Opened, Query, open_push
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.passive import passive_xml
from chalicelib.wechat.replies import Text
from simulator import pushes, replies
from simulator.account import Account
from simulator.envelopes import open_reply, seal, signed_query

ACCOUNT = Account.new()
CRYPTO = WeChatCrypto(ACCOUNT.token, ACCOUNT.encoding_aes_key, ACCOUNT.app_id)
PUSH = pushes.text("你好 <&> 😀")


def opened(body: str, query: Query) -> Opened:
    key = EncodingAesKey(ACCOUNT.encoding_aes_key)
    credentials = Credentials(ACCOUNT.app_id, [ACCOUNT.token], [key])
    return open_push(body.encode(), query, Mode.SAFE, lambda: credentials, time.time())


def opened_of_ours() -> Opened:
    sealed = seal(ACCOUNT, PUSH, time.time())
    names = ("signature", "timestamp", "nonce", "msg_signature")
    return opened(sealed.body, Query(*(sealed.query[name] for name in names)))


def test_wechatpy_accepts_our_signature() -> None:
    check_signature(ACCOUNT.token, **signed_query(ACCOUNT, time.time()))


def test_wechatpy_decrypts_and_reads_our_push() -> None:
    sealed = seal(ACCOUNT, PUSH, time.time())
    query = sealed.query
    document = CRYPTO.decrypt_message(
        sealed.body, query["msg_signature"], query["timestamp"], query["nonce"]
    )
    message = parse_message(document)
    assert message.content == PUSH.fields["Content"]
    assert message.id == PUSH.fields["MsgId"]
    assert message.source == PUSH.from_user_name


@pytest.mark.parametrize("length", range(65))
def test_each_decrypts_the_other_at_every_length_of_padding(length: int) -> None:
    ours = EncodingAesKey(ACCOUNT.encoding_aes_key)
    theirs = PrpCrypto(CRYPTO.key)
    text = "x" * length
    encrypted = theirs.encrypt(text, ACCOUNT.app_id).decode()
    assert ours.decrypt(encrypted, ACCOUNT.app_id) == text.encode()
    encrypted = ours.encrypt(text.encode(), ACCOUNT.app_id)
    assert theirs.decrypt(encrypted, ACCOUNT.app_id) == text


def test_we_open_a_push_that_wechatpy_sealed() -> None:
    timestamp = str(int(time.time()))
    body = CRYPTO.encrypt_message(PUSH.xml(ACCOUNT.original_id), "12345", timestamp)
    signature = xmltodict.parse(body)["xml"]["MsgSignature"]
    query = Query(timestamp=timestamp, nonce="12345", msg_signature=signature)
    push = opened(body, query).push
    assert isinstance(push, TextMessage)
    assert push.content == PUSH.fields["Content"]


def test_wechatpy_decrypts_the_backends_reply() -> None:
    incoming = opened_of_ours()
    assert incoming.seal
    now = int(time.time())
    body = incoming.seal.close(passive_xml(Text("你也好"), incoming.push, now), now)
    signature = xmltodict.parse(body)["xml"]["MsgSignature"]
    document = CRYPTO.decrypt_message(body, signature, str(now), incoming.seal.nonce)
    assert "<![CDATA[你也好]]>" in document


def test_the_simulator_opens_a_reply_that_wechatpy_made_and_sealed() -> None:
    message = parse_message(PUSH.xml(ACCOUNT.original_id))
    body = CRYPTO.encrypt_message(create_reply("你也好", message).render(), "12345")
    document = open_reply(ACCOUNT, body.encode())
    assert replies.read(document, ACCOUNT, PUSH) == Text("你也好")
