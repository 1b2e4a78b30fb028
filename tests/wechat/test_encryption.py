"""An encrypted push opens with the right key for the right account, and in no other way."""

import base64
import struct

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.wechat.encryption import BadKey, EncodingAesKey
from chalicelib.wechat.errors import Undecryptable

APP_ID = "wxba5fad812f8e6fb9"
KEY_TEXT = "A" * 43
KEY = EncodingAesKey(KEY_TEXT)


def encrypted(plain: bytes) -> str:
    """Blocks nobody padded, as an attacker who knew the key might make them."""
    key = base64.b64decode(KEY_TEXT + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


def padded(content: bytes, pad: bytes) -> str:
    return encrypted(content + pad)


def content(message: bytes, app_id: str = APP_ID) -> bytes:
    return b"r" * 16 + struct.pack(">I", len(message)) + message + app_id.encode()


@given(st.binary(max_size=300))
def test_whatever_is_encrypted_decrypts_to_itself(message: bytes) -> None:
    assert KEY.decrypt(KEY.encrypt(message, APP_ID), APP_ID) == message


def test_the_official_account_pads_to_32_bytes() -> None:
    message = b"x" * (128 - 20 - len(APP_ID) - 19)
    assert KEY.decrypt(padded(content(message), bytes([19]) * 19), APP_ID) == message


def test_the_same_message_never_encrypts_twice_to_the_same_text() -> None:
    assert KEY.encrypt(b"hello", APP_ID) != KEY.encrypt(b"hello", APP_ID)


@pytest.mark.parametrize("size", range(1, 33))
def test_every_size_of_padding_opens(size: int) -> None:
    message = b"x" * ((-20 - len(APP_ID) - size) % 32)
    assert KEY.decrypt(padded(content(message), bytes([size]) * size), APP_ID) == message


@pytest.mark.parametrize("size", [0, 33, 255])
def test_padding_of_an_impossible_size_is_refused(size: int) -> None:
    whole = content(b"x" * ((-20 - len(APP_ID) - 1) % 32))
    with pytest.raises(Undecryptable, match="padding"):
        KEY.decrypt(padded(whole, bytes([size])), APP_ID)


@pytest.mark.parametrize("wrong", range(19))
def test_every_byte_of_the_padding_is_checked(wrong: int) -> None:
    pad = bytearray([19]) * 19
    pad[wrong] ^= 1
    with pytest.raises(Undecryptable, match="padding"):
        KEY.decrypt(padded(content(b"x" * (128 - 20 - 18 - 19)), bytes(pad)), APP_ID)


def test_a_message_for_another_account_is_refused() -> None:
    with pytest.raises(Undecryptable, match="app_id"):
        KEY.decrypt(KEY.encrypt(b"hello", "wx0000000000000000"), APP_ID)


def test_an_app_id_that_only_begins_like_ours_is_another_account() -> None:
    with pytest.raises(Undecryptable, match="app_id"):
        KEY.decrypt(KEY.encrypt(b"hello", APP_ID + "0"), APP_ID)


def test_a_ciphertext_of_16_byte_blocks_is_refused() -> None:
    with pytest.raises(Undecryptable, match="blocks"):
        KEY.decrypt(padded(b"r" * 16, bytes([32]) * 32), APP_ID)


def test_junk_within_the_base64_is_refused() -> None:
    encrypted_text = KEY.encrypt(b"hello", APP_ID)
    with pytest.raises(Undecryptable, match="base64"):
        KEY.decrypt(encrypted_text[:40] + "!\n" + encrypted_text[40:], APP_ID)


@pytest.mark.parametrize("length", [6, 100, 0xFFFFFFFF])
def test_a_length_that_does_not_fit_is_refused(length: int) -> None:
    whole = b"r" * 16 + struct.pack(">I", length) + b"hello" + APP_ID.encode()
    pad = -len(whole) % 32 or 32
    with pytest.raises(Undecryptable):
        KEY.decrypt(padded(whole, bytes([pad]) * pad), APP_ID)


@pytest.mark.parametrize("text", ["", "!", "AAAA", "A" * 24, "é" * 44, "AAA"])
def test_what_is_no_ciphertext_is_refused(text: str) -> None:
    with pytest.raises(Undecryptable):
        KEY.decrypt(text, APP_ID)


NO_KEYS = [
    "",
    "A" * 42,
    "A" * 44,
    "é" * 43,
    "!" * 43,
    "A" * 42 + "=",
    "A" * 40 + "===",
    "A" * 42 + "\n",
]


@pytest.mark.parametrize("text", NO_KEYS)
def test_a_key_that_is_no_key_is_refused_without_being_named(text: str) -> None:
    with pytest.raises(BadKey) as raised:
        EncodingAesKey(text)
    assert not text or text not in str(raised.value)
