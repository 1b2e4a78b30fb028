"""What the log says of a push."""

import dataclasses

import pytest

from chalicelib.wechat.envelopes import Mode
from simulator import pushes
from simulator.envelopes import seal
from tests.conftest import OpenDoor


class TestTheLog:
    """One line a push, with what an operator needs and nothing of what was said."""

    def test_it_names_the_push_its_kind_route_outcome_and_time(self, open_door: OpenDoor) -> None:
        door = open_door()
        door.push(pushes.text("hi"))
        door.push(pushes.text("silence"))
        first, second = door.log
        assert (first["kind"], first["route"]) == ("TextMessage", "test.echo")
        assert (first["outcome"], second["outcome"]) == ("answered", "silent")
        assert (first["cold"], second["cold"]) == (True, False)
        assert len(first["identity"]) == 64
        assert first["PushMilliseconds"] >= 0

    def test_it_tells_which_delivery_of_the_push_it_is(self, open_door: OpenDoor) -> None:
        door = open_door()
        sealed = seal(door.account, pushes.text("hi"), door.clock.now)
        for _ in range(3):
            door.clock.sleep(0.5)
            door.post(sealed.query, sealed.body)
            door.clock.sleep(4.5)
        assert [line["delivery"] for line in door.log] == [1, 2, 3]

    def test_what_doctor_sends_is_told_from_pushes_of_wechats(self, open_door: OpenDoor) -> None:
        door = open_door()
        unreadable = pushes.text("hi").with_fields(CreateTime="soon")
        for account in (door.account, dataclasses.replace(door.account, token="forged")):
            sealed = seal(account, unreadable, door.clock.now)
            door.post({**sealed.query, "doctor": "1"}, sealed.body)
            door.clock.sleep(2)
        lines = [(each["level"], each["event"], each["reasons"]) for each in door.log]
        assert lines == [
            ("INFO", "pushes turned away", {"doctor_field_missing_or_wrong": 1}),
            ("INFO", "pushes turned away", {"doctor_signature_wrong": 1}),
        ]
        assert door.counted("PushRefused") == 1

    def test_its_metrics_are_in_cloudwatchs_format(self, open_door: OpenDoor) -> None:
        door = open_door()
        door.push(pushes.text("hi"))
        (metrics,) = door.log[0]["_aws"]["CloudWatchMetrics"]
        assert metrics == {
            "Namespace": "wechalice",
            "Dimensions": [["Stage"]],
            "Metrics": [{"Name": "PushMilliseconds", "Unit": "Milliseconds"}],
        }
        assert door.log[0]["Stage"] == "test"

    @pytest.mark.parametrize("mode", list(Mode))
    def test_it_holds_no_secret_no_openid_and_no_word_of_a_user(
        self, open_door: OpenDoor, mode: Mode
    ) -> None:
        door = open_door(mode)
        for text in ("confidential", "break", "nonsense"):
            door.push(pushes.text(text).by("oAlice"))
        door.push(pushes.text("confidential").by("oAlice").with_fields(CreateTime="soon"))
        for private in (
            "confidential",
            "oAlice",
            "said break",
            door.account.token,
            door.account.encoding_aes_key,
        ):
            assert private not in door.log_text

    def test_a_failure_shows_where_it_happened(self, open_door: OpenDoor) -> None:
        door = open_door()
        door.push(pushes.text("break"))
        cause = door.log[0]["cause"]
        assert cause[0] == "LookupError"
        assert any("in breaks" in frame for frame in cause)
