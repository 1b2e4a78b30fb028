"""Secrets are read from SSM rarely, whatever the traffic."""

import pytest

from chalicelib.wechat.envelopes import Mode
from simulator import pushes
from tests.conftest import OpenDoor
from tests.rotation.accounts import DAY, answers, rotated
from tests.visitors import Browser


class TestReadsOfSsm:
    def test_a_warm_push_reads_nothing(self, open_door: OpenDoor) -> None:
        door = open_door()
        assert answers(door, door.account)
        before = door.parameters.reads
        for _ in range(50):
            assert answers(door, door.account)
        assert door.parameters.reads == before

    def test_secrets_are_read_again_every_ten_minutes_or_so(self, open_door: OpenDoor) -> None:
        door = open_door()
        door.clock.sleep(2 * DAY)
        for _ in range(120):
            door.clock.sleep(30)
            assert answers(door, door.account)
        assert 5 <= door.parameters.reads <= 8

    @pytest.mark.parametrize("mode", list(Mode))
    def test_forged_traffic_causes_no_stream_of_reads(
        self, open_door: OpenDoor, mode: Mode
    ) -> None:
        door = open_door(mode)
        door.clock.sleep(2 * DAY)
        forger = rotated(door.account)
        for _ in range(600):
            assert door.push(pushes.text("hi"), forger).status == 403
            door.clock.sleep(0.1)
        assert door.parameters.reads <= 7  # one at the start, one each ten seconds

    def test_forged_traffic_in_the_days_of_a_change_leaves_200_doors_below_the_accounts_limit(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        for name, value in door.parameters.current().items():
            door.parameters.put(name, value.swapcase())
        forger = Browser(cookies={"__Host-session": "forged.signature"})
        for _ in range(600):
            door.push(pushes.text("hi"), rotated(door.account))
            forger.cookies["__Host-session"] = "forged.signature"
            forger.get("/me")
            forger.get("/MP_verify_forged.txt")
            door.clock.sleep(1)
        assert 200 * door.parameters.reads / 600 < 40

    def test_it_causes_one_log_line_a_second_and_an_exact_count(self, open_door: OpenDoor) -> None:
        door = open_door()
        for _ in range(100):
            door.push(pushes.text("hi"), rotated(door.account))
            door.clock.sleep(0.1)
        door.clock.sleep(1)
        assert answers(door, door.account)
        turned_away = [line for line in door.log if line["event"] == "pushes turned away"]
        assert len(turned_away) <= 11
        assert door.counted("PushRefused") == 100
