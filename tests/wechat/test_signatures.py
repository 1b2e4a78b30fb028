"""A signature proves who signed, and nothing else passes for it."""

from chalicelib.wechat.signatures import fits, sign


def test_parts_are_sorted_before_they_are_hashed() -> None:
    assert sign("a", "b", "c") == sign("c", "a", "b")


def test_the_ciphertext_is_part_of_msg_signature() -> None:
    signature = sign("token", "1", "nonce", "ciphertext")
    assert fits(signature, "token", "1", "nonce", "ciphertext")
    assert not fits(signature, "token", "1", "nonce", "ciphertexT")
    assert not fits(signature, "token", "1", "nonce")


def test_a_signature_that_is_no_ascii_is_wrong_and_not_an_error() -> None:
    assert not fits("签名", "token", "1", "nonce")
    assert not fits("\ud83d", "token", "1", "\ud83d")
