"""When SSM fails, or has a value that makes no sense, no push is refused that could be answered."""

import dataclasses

import pytest

from chalicelib.credentials.push_secrets import PushSecrets
from chalicelib.wechat.envelopes import Mode
from simulator import pushes
from tests.conftest import OpenDoor
from tests.rotation.accounts import answers, put, rotated


class TestTroubleWithSsm:
    def test_a_failed_read_keeps_the_old_values(self, open_door: OpenDoor) -> None:
        door = open_door()
        assert answers(door, door.account)
        door.parameters.available = False
        for _ in range(20):
            door.clock.sleep(900)
            assert answers(door, door.account)

    def test_an_outage_is_not_hammered(self, open_door: OpenDoor) -> None:
        door = open_door()
        assert answers(door, door.account)
        door.parameters.available = False
        door.clock.sleep(900)
        before = door.parameters.reads
        for _ in range(100):
            door.push(pushes.text("hi"))
            door.clock.sleep(0.1)
        assert door.parameters.reads - before <= 2

    def test_a_cold_start_during_an_outage_outwaits_wechat_instead_of_refusing(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        door.parameters.available = False
        arrival = door.clock.now
        assert door.push(pushes.text("hi")).status == 200
        assert 5 < door.clock.now - arrival < 6
        door.parameters.available = True
        assert answers(door, door.account)

    def test_a_push_with_new_secrets_outwaits_wechat_when_they_cannot_be_read(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        assert answers(door, door.account)
        account = rotated(door.account)
        put(door, account)
        door.clock.sleep(60)
        door.parameters.available = False
        arrival = door.clock.now
        assert door.push(pushes.text("hi"), account).status == 200
        assert 5 < door.clock.now - arrival < 6
        door.parameters.available = True
        door.clock.sleep(5)
        assert answers(door, account)

    def test_a_forged_push_holds_a_process_once_in_ten_seconds(self, open_door: OpenDoor) -> None:
        door = open_door()
        assert answers(door, door.account)
        door.clock.sleep(60)
        door.parameters.available = False
        forger, statuses, began = rotated(door.account), [], door.clock.now
        for _ in range(100):
            statuses.append(door.push(pushes.text("hi"), forger).status)
            door.clock.sleep(0.04)
        assert statuses == [200] + 99 * [403]
        assert door.clock.now - began < 10

    def test_an_outage_that_ends_in_time_costs_no_push(self, open_door: OpenDoor) -> None:
        door = open_door()
        door.parameters.available = False
        back = door.clock.now + 3

        def sleep(seconds: float) -> None:
            door.clock.now += seconds
            door.parameters.available = door.clock.now >= back

        door.clock.sleep = sleep  # type: ignore[method-assign]
        door.process()
        assert answers(door, door.account)

    def test_an_unsigned_push_waits_for_nothing_and_reads_nothing(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        door.parameters.available = False
        arrival = door.clock.now
        assert door.post({}, "<xml/>").status == 403
        assert (door.clock.now, door.parameters.reads) == (arrival, 0)

    def test_a_verification_during_an_outage_is_refused(self, open_door: OpenDoor) -> None:
        door = open_door()
        door.parameters.available = False
        assert door.verify().status == 403

    def test_an_answer_of_ssm_that_makes_no_sense_keeps_the_old_values(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        assert answers(door, door.account)
        door.parameters.nonsense = True
        door.clock.sleep(900)
        before = door.parameters.reads
        for _ in range(5):
            assert answers(door, door.account)
        assert door.parameters.reads == before + 1

    def test_an_empty_token_is_no_token(self, open_door: OpenDoor) -> None:
        door = open_door(Mode.PLAINTEXT)
        door.parameters.remove("token")
        door.parameters.put("token", "")
        assert not answers(door, dataclasses.replace(door.account, token=""))
        assert any(line.get("parameter") == "token" for line in door.log)

    def test_the_first_read_is_tried_a_few_times_and_given_up_quietly(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        secrets = PushSecrets(door.parameters, Mode.SAFE, door.clock)
        secrets.load(door.clock.sleep)
        assert door.parameters.reads == 1
        door.parameters.available = False
        PushSecrets(door.parameters, Mode.SAFE, door.clock).load(door.clock.sleep)
        assert 2 < door.parameters.reads < 8

    @pytest.mark.parametrize("name", ["token", "encoding-aes-key", "app-id"])
    def test_a_missing_parameter_is_named_in_the_log(self, open_door: OpenDoor, name: str) -> None:
        door = open_door()
        door.parameters.remove(name)
        assert door.push(pushes.text("hi")).status in (400, 403)
        assert any(line.get("parameter") == name for line in door.log)

    def test_a_malformed_key_is_named_in_the_log_and_its_predecessor_still_counts(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        short = "s" * 42
        door.parameters.put("encoding-aes-key", short)
        assert answers(door, door.account)
        (line,) = [line for line in door.log if "problem" in line]
        assert (line["parameter"], line["version"]) == ("encoding-aes-key", 2)
        assert "43 characters, not 42" in line["problem"]
        assert short not in door.log_text

    def test_a_malformed_key_alone_refuses_without_a_fault(self, open_door: OpenDoor) -> None:
        door = open_door()
        door.parameters.remove("encoding-aes-key")
        door.parameters.put("encoding-aes-key", "s" * 42)
        assert door.push(pushes.text("hi")).status == 400

    def test_in_plaintext_mode_only_the_token_is_needed(self, open_door: OpenDoor) -> None:
        door = open_door(Mode.PLAINTEXT)
        door.parameters.remove("encoding-aes-key")
        door.parameters.remove("app-id")
        assert answers(door, door.account)
        assert all("parameter" not in line for line in door.log)
