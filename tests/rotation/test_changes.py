"""Secrets change in SSM first and a minute later on 微信开发者平台; no push is refused."""

import dataclasses
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.delivery.verifier import Delivery
from chalicelib.wechat.envelopes import SUCCESS
from simulator import pushes
from simulator.account import new_encoding_aes_key
from simulator.envelopes import Sealed, seal
from tests.conftest import OpenDoor
from tests.rotation.accounts import DAY, answers, put, rotated


class TestAChange:
    def test_old_and_new_values_flow_side_by_side(self, open_door: OpenDoor) -> None:
        door = open_door()
        old, new = door.account, rotated(door.account)
        assert answers(door, old)
        put(door, new)
        assert answers(door, old)
        door.clock.sleep(60)
        for _ in range(200):
            door.clock.sleep(random.uniform(0, 400))
            assert answers(door, random.choice([old, new]))

    def test_of_a_thousand_pushes_around_the_change_none_is_refused(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        old, new = door.account, rotated(door.account)
        in_ssm, in_the_console = 300, 360
        changed = False
        began = door.clock.now
        for at in sorted(random.uniform(0, 900) for _ in range(1000)):
            door.clock.now = began + at
            if at > in_ssm and not changed:
                changed = True
                put(door, new)
            # Those on their way when the platform saves are signed with the old ones.
            assert answers(door, random.choice([old, new]) if at > in_the_console else old)

    def test_a_token_and_a_key_may_change_one_by_one(self, open_door: OpenDoor) -> None:
        door = open_door()
        new = rotated(door.account)
        door.parameters.put("token", new.token)
        door.parameters.put("encoding-aes-key", new.encoding_aes_key)
        for token in (door.account.token, new.token):
            for key in (door.account.encoding_aes_key, new.encoding_aes_key):
                mixed = dataclasses.replace(door.account, token=token, encoding_aes_key=key)
                assert answers(door, mixed)

    def test_the_console_can_verify_with_the_new_token_before_it_saves(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        new = rotated(door.account)
        assert door.verify(new).status == 403
        put(door, new)
        door.clock.sleep(60)
        assert door.verify(new).status == 200
        assert door.verify(door.account).status == 200

    @pytest.mark.parametrize("name", ["token", "encoding-aes-key"])
    def test_each_use_of_an_old_value_is_counted(self, open_door: OpenDoor, name: str) -> None:
        door = open_door()
        new = rotated(door.account)
        door.parameters.put(name, new.token if name == "token" else new.encoding_aes_key)
        for _ in range(3):
            assert answers(door, door.account)
        assert door.counted("SupersededSecretUsed") == 3

    @pytest.mark.parametrize("name", ["token", "encoding-aes-key"])
    def test_a_warm_process_learns_of_either_change_by_the_first_push(
        self, open_door: OpenDoor, name: str
    ) -> None:
        door = open_door()
        assert answers(door, door.account)
        new = rotated(door.account)
        value = new.token if name == "token" else new.encoding_aes_key
        door.parameters.put(name, value)
        door.clock.sleep(60)
        changes: dict[str, Any] = {name.replace("-", "_"): value}
        changed = dataclasses.replace(door.account, **changes)
        assert answers(door, changed)

    def test_many_pushes_at_once_learn_of_it_together(self, open_door: OpenDoor) -> None:
        door = open_door()
        assert answers(door, door.account)
        new = rotated(door.account)
        put(door, new)
        door.clock.sleep(60)
        sealed = [seal(new, pushes.text("hi"), door.clock.now) for _ in range(16)]
        together = Barrier(len(sealed))

        def deliver(each: Sealed) -> bool:
            query = {name: [value] for name, value in each.query.items()}
            together.wait()
            delivery = Delivery(query, each.body.encode(), door.clock.now, 0.0)
            return door.pushes.answer(delivery) is not SUCCESS

        with ThreadPoolExecutor(len(sealed)) as threads:
            assert all(threads.map(deliver, sealed))

    def test_several_changes_in_a_day_all_count(self, open_door: OpenDoor) -> None:
        door = open_door()
        accounts = [door.account]
        for number in range(14):
            door.clock.sleep(3600)
            accounts.append(dataclasses.replace(rotated(door.account), token=f"t{number}"))
            put(door, accounts[-1])
        door.process()
        assert all(answers(door, account) for account in accounts)

    def test_a_value_stops_counting_a_day_after_it_was_replaced(self, open_door: OpenDoor) -> None:
        door = open_door()
        new = rotated(door.account)
        door.clock.sleep(2 * DAY)
        put(door, new)
        door.clock.sleep(DAY - 60)
        assert answers(door, door.account)
        door.clock.sleep(12 * 60)
        assert answers(door, new)
        assert not answers(door, door.account)

    def test_writing_a_value_twice_retires_the_older_ones_within_ten_seconds(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        new = rotated(door.account)
        put(door, new)
        assert answers(door, door.account)
        put(door, new)
        door.clock.sleep(10)
        assert not answers(door, door.account)
        assert answers(door, new)

    def test_a_process_that_read_just_before_refuses_the_retired_value_after_eleven_minutes(
        self, open_door: OpenDoor
    ) -> None:
        door = open_door()
        new = rotated(door.account)
        assert answers(door, door.account)
        put(door, new)
        put(door, new)
        door.clock.sleep(11 * 60)
        assert not answers(door, door.account)
        assert answers(door, new)

    def test_a_key_changed_in_the_console_first_raises_the_alarm(self, open_door: OpenDoor) -> None:
        door = open_door()
        early = dataclasses.replace(door.account, encoding_aes_key=new_encoding_aes_key())
        assert door.push(pushes.text("hi"), early).status == 400
        assert door.counted("PushUndecryptable") == 1
