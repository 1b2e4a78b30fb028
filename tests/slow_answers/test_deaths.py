"""A job that is dead is told of once, whatever it died of, and waits in the dead-letter queue."""

import pytest

from chalicelib.delivery.attempt import TRIES
from simulator import pushes
from tests.door import Door
from tests.slow_answers.deliveries import ALICE, SEND, say, texts
from tests.slow_routes import Killed
from tests.wechat_api import json_answer


def test_a_job_whose_every_try_is_killed_is_apologized_for_and_kept(door: Door) -> None:
    say(door, "endless")
    for _ in range(TRIES):
        with pytest.raises(Killed):
            door.work(seconds=100)
    door.work(seconds=100)
    assert texts(door) == ["sorry"]
    assert (door.counted("JobDead"), len(door.queue.dead)) == (1, 1)


def test_a_dead_job_is_told_of_once(door: Door) -> None:
    say(door, "broken")
    door.work(seconds=300)
    assert texts(door) == ["sorry"]
    assert (door.counted("JobFailed"), door.counted("JobDead")) == (TRIES - 1, 1)


def test_a_job_whose_answer_could_not_be_sent_is_told_of_once(door: Door) -> None:
    door.wechat.answers[SEND] = json_answer(errcode=40164, errmsg="invalid ip 1.2.3.4")
    say(door, "slow")
    door.work(seconds=3000)
    assert (door.counted("JobDead"), len(door.queue.dead)) == (1, 1)
    del door.wechat.answers[SEND]
    door.queue.send(door.queue.dead.pop(), ALICE, "again")
    door.work(seconds=10)
    assert texts(door) == ["slow answer"]
    assert (door.counted("JobDead"), len(door.queue.dead)) == (1, 0)


def test_a_job_that_cannot_be_read_is_told_of_once(door: Door) -> None:
    door.queue.send("not ours", ALICE, "1")
    door.work(seconds=300)
    assert (door.counted("JobDead"), len(door.queue.dead)) == (1, 1)


def test_an_effect_that_cannot_be_written_is_told_of_once(door: Door) -> None:
    door.profile_table.available = False
    door.push(pushes.follow().by(ALICE))
    door.work(seconds=300)
    assert (door.counted("JobDead"), len(door.queue.dead)) == (1, 1)
