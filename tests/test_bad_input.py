"""Whatever is sent to the doors: no fault, no JSON, no trace, and nothing private in the log."""

import base64
import dataclasses
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.wechat.envelopes import Mode
from chalicelib.wechat.signatures import sign
from simulator import pushes
from simulator.account import Account
from simulator.envelopes import Sealed, seal, signed_query
from tests.conftest import OpenDoor
from tests.door import Door, Response

SECRET = "confidential"
MODES = list(Mode)
Query: TypeAlias = "dict[str, str | list[str]]"
FUZZ = settings(
    max_examples=300,
    # Each example opens a door of its own.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def sealed(door: Door) -> Sealed:
    return seal(door.account, pushes.text(SECRET).by("oAlice"), door.clock.now)


def assert_quiet(door: Door, response: Response) -> None:
    """The promise of every answer that is not a reply."""
    texts = {200: "success", 400: "bad request", 403: "forbidden"}
    assert response.body == texts[response.status]
    assert response.content_type == "text/plain"
    for private in (SECRET, "oAlice", door.account.token, door.account.encoding_aes_key):
        assert private not in door.log_text


def refused(door: Door, response: Response, status: int) -> None:
    assert response.status == status
    assert_quiet(door, response)


class TestSignature:
    @pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
    @pytest.mark.parametrize("value", [[], "", "0", "签名", "\ud83d", "x" * 5000])
    def test_a_part_missing_empty_or_wrong_is_forbidden(
        self, open_door: OpenDoor, name: str, value: Any
    ) -> None:
        door = open_door()
        push = sealed(door)
        refused(door, door.post({**push.query, name: value}, push.body), 403)

    @pytest.mark.parametrize("value", [[], "", "0" * 40])
    def test_in_plaintext_mode_too(self, open_door: OpenDoor, value: Any) -> None:
        door = open_door(Mode.PLAINTEXT)
        push = sealed(door)
        refused(door, door.post({**push.query, "signature": value}, push.body), 403)

    def test_that_of_another_push_is_forbidden(self, open_door: OpenDoor) -> None:
        door = open_door()
        refused(door, door.post(sealed(door).query, sealed(door).body), 403)

    def test_the_plain_one_says_nothing_of_an_encrypted_body(self, open_door: OpenDoor) -> None:
        door = open_door()
        push = sealed(door)
        query = {**push.query, "msg_signature": push.query["signature"]}
        refused(door, door.post(query, push.body), 403)

    @pytest.mark.parametrize(
        "name", ["signature", "msg_signature", "timestamp", "nonce", "echostr"]
    )
    def test_a_parameter_given_twice_is_forbidden(self, open_door: OpenDoor, name: str) -> None:
        door = open_door()
        push = sealed(door)
        value = push.query.get(name, "1")
        refused(door, door.post({**push.query, name: [value, value]}, push.body), 403)

    def test_no_query_is_forbidden(self, open_door: OpenDoor) -> None:
        door = open_door()
        refused(door, door.post({}, sealed(door).body), 403)


class TestTimestamp:
    @pytest.mark.parametrize("offset", [-3600, -301, 302, 3600])
    @pytest.mark.parametrize("mode", MODES)
    def test_one_far_off_is_forbidden(self, open_door: OpenDoor, mode: Mode, offset: int) -> None:
        door = open_door(mode)
        old = seal(door.account, pushes.text(SECRET), door.clock.now + offset)
        refused(door, door.post(old.query, old.body), 403)

    @pytest.mark.parametrize("offset", [-299, 299])
    def test_one_within_five_minutes_is_fine(self, open_door: OpenDoor, offset: int) -> None:
        door = open_door()
        push = seal(door.account, pushes.text("hi"), door.clock.now + offset)
        assert door.post(push.query, push.body).content_type == "application/xml"

    @pytest.mark.parametrize(
        "timestamp",
        [
            "soon",
            "1e9",
            "-1",
            "1_714_036_504",
            "１７１４０３６５０４",
            "9" * 5000,
            "nan",
            "1714036504\n",
        ],
    )
    def test_one_that_is_no_number_is_forbidden_even_when_signed(
        self, open_door: OpenDoor, timestamp: str
    ) -> None:
        door = open_door(Mode.PLAINTEXT)
        query = {
            "timestamp": timestamp,
            "nonce": "n",
            "signature": sign(door.account.token, timestamp, "n"),
        }
        refused(door, door.post(query, sealed(door).body), 403)


class TestEncryption:
    def test_every_flipped_byte_of_an_encrypted_push_is_turned_away(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        push = sealed(door)
        body = push.body.encode()
        for position in range(len(body)):
            flipped = bytearray(body)
            flipped[position] ^= 1
            response = door.post(push.query, bytes(flipped))
            if response.status == 200:
                # Only the name of the account stands outside the signature, and is not read.
                assert b"ToUserName" in body[max(0, position - 60) : position + 60]
            else:
                assert_quiet(door, response)

    def test_a_document_that_nobody_signed_is_not_read(self, open_door: OpenDoor) -> None:
        door = open_door()
        query = sealed(door).query
        refused(door, door.post(query, "<xml><Encrypt>AAAA</Encrypt><broken></xml>"), 403)

    @staticmethod
    def post_encrypted(door: Door, encrypted: str) -> Response:
        """A push rightly signed around a ciphertext that is wrong."""
        query = signed_query(door.account, door.clock.now)
        msg_signature = sign(door.account.token, query["timestamp"], query["nonce"], encrypted)
        body = f"<xml><ToUserName>gh</ToUserName><Encrypt>{encrypted}</Encrypt></xml>"
        return door.post({**query, "msg_signature": msg_signature}, body)

    @pytest.mark.parametrize("encrypted", ["!!!!", "AAAA", "A" * 44, "A" * 300, "好"])
    def test_a_ciphertext_that_is_none_is_a_bad_request(
        self, open_door: OpenDoor, encrypted: str
    ) -> None:
        door = open_door()
        refused(door, self.post_encrypted(door, encrypted), 400)

    @pytest.mark.parametrize("pad", [0, 33])
    def test_an_impossible_pad_is_a_bad_request(self, open_door: OpenDoor, pad: int) -> None:
        door = open_door()
        plain = b"r" * 63 + bytes([pad])
        refused(door, self.post_encrypted(door, encrypt_as_is(door.account, plain)), 400)

    def test_a_push_for_another_account_is_a_bad_request(self, open_door: OpenDoor) -> None:
        door = open_door()
        other = dataclasses.replace(door.account, app_id="wx0000000000000000")
        refused(door, door.push(pushes.text(SECRET), other), 400)

    def test_a_deciphered_body_that_is_no_xml_is_success_and_counted(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        length = (7).to_bytes(4, "big")
        plain = b"r" * 16 + length + b"<broken" + door.account.app_id.encode()
        pad = 32 - len(plain) % 32
        encrypted = encrypt_as_is(door.account, plain + bytes([pad]) * pad)
        refused(door, self.post_encrypted(door, encrypted), 200)
        assert door.counted("PushUnreadable") == 1


def encrypt_as_is(account: Account, plain: bytes) -> str:
    key = base64.b64decode(account.encoding_aes_key + "=")
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(plain) + encryptor.finalize()).decode()


class TestBody:
    ENTITY_BOMB = (
        '<!DOCTYPE xml [<!ENTITY a "confidential"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><xml><MsgType>&c;</MsgType></xml>'
    )

    @pytest.mark.parametrize("mode", MODES)
    @pytest.mark.parametrize(
        "damage",
        [
            pytest.param(lambda body: body[: len(body) // 2], id="truncated"),
            pytest.param(lambda body: "<!DOCTYPE xml>" + body, id="a DTD"),
            pytest.param(lambda body: TestBody.ENTITY_BOMB, id="an entity bomb"),
            pytest.param(lambda body: body + " " * 65 * 1024, id="65 KiB"),
            pytest.param(lambda body: "", id="empty"),
            pytest.param(lambda body: None, id="none"),
            pytest.param(lambda body: "{}", id="JSON"),
            pytest.param(lambda body: "<xml>" * 5000, id="deep"),
            pytest.param(lambda body: b"\xff\xfe\x00", id="binary"),
        ],
    )
    def test_what_cannot_be_read_is_a_bad_request(
        self, open_door: OpenDoor, mode: Mode, damage: Callable[[str], str | bytes | None]
    ) -> None:
        door = open_door(mode)
        push = sealed(door)
        refused(door, door.post(push.query, damage(push.body)), 400)

    @pytest.mark.parametrize(("surplus", "status"), [(0, 200), (1, 400)])
    def test_the_limit_is_64_kib_to_the_byte(
        self, open_door: OpenDoor, surplus: int, status: int
    ) -> None:
        door = open_door()
        push = sealed(door)
        body = push.body + " " * (64 * 1024 - len(push.body.encode()) + surplus)
        assert door.post(push.query, body).status == status

    def test_base64_that_is_none_is_a_bad_request(self, open_door: OpenDoor) -> None:
        door = open_door()
        push = sealed(door)
        refused(door, door.post(push.query, "!", isBase64Encoded=True), 400)

    @pytest.mark.parametrize(
        "headers",
        [{}, {"content-type": "application/json"}, {"content-type": "x"}, {"content-type": ""}],
    )
    @pytest.mark.parametrize("mode", MODES)
    def test_the_content_type_does_not_matter(
        self, open_door: OpenDoor, mode: Mode, headers: dict[str, str]
    ) -> None:
        door = open_door(mode)
        push = sealed(door)
        response = door.post(push.query, push.body, headers)
        assert (response.status, response.content_type) == (200, "application/xml")

    def test_a_push_in_base64_is_read(self, open_door: OpenDoor) -> None:
        door = open_door()
        push = sealed(door)
        assert door.post(push.query, push.body.encode()).content_type == "application/xml"


class TestFuzz:
    """Random requests, some of them nearly right."""

    QUERIES = st.dictionaries(
        st.sampled_from(["signature", "timestamp", "nonce", "msg_signature", "echostr", "openid"]),
        st.one_of(st.text(max_size=50), st.lists(st.text(max_size=50), max_size=3)),
    )
    BODIES = st.one_of(
        st.none(),
        st.text(max_size=300),
        st.binary(max_size=300),
        st.text(max_size=50).map(lambda text: f"<xml><Encrypt>{text}</Encrypt></xml>"),
    )

    @given(mode=st.sampled_from(MODES), query=QUERIES, body=BODIES)
    @FUZZ
    def test_no_request_gets_more_than_a_quiet_refusal(
        self, open_door: OpenDoor, mode: Mode, query: Query, body: str | bytes | None
    ) -> None:
        door = open_door(mode)
        response = door.post(query, body)
        assert response.status in (400, 403)
        assert_quiet(door, response)
        assert door.get(query).status == 403

    @given(mode=st.sampled_from(MODES), body=BODIES)
    @FUZZ
    def test_no_body_under_a_right_signature_makes_a_fault(
        self, open_door: OpenDoor, mode: Mode, body: str | bytes | None
    ) -> None:
        door = open_door(mode)
        response = door.post(signed_query(door.account, door.clock.now), body)
        assert_quiet(door, response)

    @given(mode=st.sampled_from(MODES), text=st.text(max_size=200), splits_cdata=st.booleans())
    @FUZZ
    def test_whatever_a_user_types_is_answered(
        self, open_door: OpenDoor, mode: Mode, text: str, splits_cdata: bool
    ) -> None:
        door = open_door(mode)
        push = dataclasses.replace(pushes.text(f"a{text}b"), splits_cdata=splits_cdata)
        response = door.push(push)
        assert (response.status, response.content_type) == (200, "application/xml")
