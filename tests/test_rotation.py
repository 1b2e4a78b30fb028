"""Secrets change in SSM first and a minute later in WeChat's console; no push is refused."""

import dataclasses
import random
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from chalicelib.credentials.push_secrets import PushSecrets
from chalicelib.delivery.verifier import Delivery
from chalicelib.wechat.envelopes import SUCCESS, Mode
from chalicelib.wechat.replies import Text
from simulator import pushes, replies
from simulator.account import Account, new_encoding_aes_key
from simulator.envelopes import Sealed, open_reply, seal
from tests.conftest import OpenDoor
from tests.door import Door

DAY = 24 * 3600


def rotated(account: Account) -> Account:
    return dataclasses.replace(account, token="new-token", encoding_aes_key=new_encoding_aes_key())


def put(door: Door, account: Account) -> None:
    """What ops do: write both values to SSM."""
    door.parameters.put("token", account.token)
    door.parameters.put("encoding-aes-key", account.encoding_aes_key)


def answers(door: Door, account: Account) -> bool:
    """Whether a push of `account` is answered, with a reply that this same account can open."""
    push = pushes.text("hi")
    response = door.push(push, account)
    if response.status != 200:
        return False
    return replies.read(open_reply(account, response.body.encode()), account, push) == Text("hi")


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
            # Those on their way when the console saves are signed with the old ones.
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

    def test_writing_a_value_twice_retires_the_older_ones_at_once(
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

    def test_a_key_changed_in_the_console_first_raises_the_alarm(self, open_door: OpenDoor) -> None:
        door = open_door()
        early = dataclasses.replace(door.account, encoding_aes_key=new_encoding_aes_key())
        assert door.push(pushes.text("hi"), early).status == 400
        assert door.counted("PushUndecryptable") == 1


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
        assert answers(door, account)

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
