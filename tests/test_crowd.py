"""The crowd of `python -m bench crowd`: a day of events over a model with known costs."""

import random
from statistics import median

import pytest

from bench.crowd.assumed import CALLS, Limits, Mix, Spread
from bench.crowd.bill import by_service, used
from bench.crowd.day import DAYS, Day, arrivals
from bench.crowd.measured import SEND, Measured, Work
from bench.crowd.picture import picture
from bench.crowd.run import Crowd
from bench.crowd.seen import Seen
from ops.prices import PRICES, Item

USERS, PUSHES = 300, 6_000
TWO_WRITES = Work(0.001, ("UpdateItem", "UpdateItem"), writes=2)
SENDS = Work(0.001, ("SendMessage",))
SAYS = Work(0.005, ("UpdateItem", "TransactWriteItems", SEND, "UpdateItem"), first=3, writes=6)
MEASURED = Measured(
    door={"idempotent": Work(0.001, ()), "recorded": TWO_WRITES, "slow": SENDS, "stream": SENDS},
    worker={"slow": SAYS, "stream": SAYS},
    cold_start=0.3,
)
QUIET = Day()


def day(
    which: Day = QUIET, *, seed: int = 1, limits: Limits | None = None, **calls: Spread
) -> Seen:
    crowd = Crowd(MEASURED, which, limits or Limits(), Mix(), seed, {**CALLS, **calls})
    came = arrivals(which, PUSHES, USERS, Mix().shares, random.Random(seed))
    return crowd.run(came)


def test_the_same_seed_gives_the_same_day_and_another_one_another() -> None:
    first, again, other = day(), day(), day(seed=2)
    assert (first.counts, first.first) == (again.counts, again.first)
    assert first.first != other.first


def test_every_push_is_answered_once_whatever_happens() -> None:
    limits = Limits(reserved=5, jobs_at_once=5)
    seen = day(DAYS["campaign"], limits=limits)
    assert seen.counts["dead letters"] > 0
    assert seen.counts["answers"] + seen.counts["faults"] == seen.counts["pushes"]


def test_a_dearer_call_makes_what_makes_it_slower_by_its_cost() -> None:
    before, after = (day(UpdateItem=Spread(each, each + 0.01)) for each in (6, 16))
    slower = median(after.first["recorded"]) - median(before.first["recorded"])
    assert slower == pytest.approx(2 * 0.010, abs=0.001)
    assert median(after.first["idempotent"]) == pytest.approx(median(before.first["idempotent"]))


def test_fewer_workers_let_jobs_wait_and_are_the_first_limit() -> None:
    many, few = day(), day(limits=Limits(jobs_at_once=1))
    assert many.first_jobs_wait is None or max(many.per_minute["waiting"]) < 20
    assert few.first_jobs_wait is not None
    assert max(few.whole["slow"]) > max(many.whole["slow"])


def test_a_door_without_room_shows_faults_and_starts_no_more_functions() -> None:
    seen = day(DAYS["campaign"], limits=Limits(reserved=1))
    assert seen.counts["faults"] > 0
    assert seen.door.live <= 1
    assert seen.door.first_throttled is not None


def test_what_wechat_refuses_for_an_hour_is_said_afterwards() -> None:
    seen = day(DAYS["campaign"])
    assert 0 < seen.counts["redriven"] <= seen.counts["dead letters"]
    assert 600 < max(seen.whole["slow"]) < 3600 + 700


def test_the_bill_grows_with_what_is_used() -> None:
    prices = PRICES["us-east-1"]
    small, large = day(), day(limits=Limits(memory=1769))
    cheap, dear = (used(each, Limits(memory=m), USERS) for each, m in ((small, 512), (large, 1769)))
    assert dear[Item.SECONDS] > cheap[Item.SECONDS]
    assert cheap[Item.GATEWAY] == pytest.approx(small.counts["requests"] / 1e6)
    assert by_service(dear, prices)["Lambda"] > by_service(cheap, prices)["Lambda"]


def test_a_picture_names_its_peak() -> None:
    shown = picture("Jobs <wait>", {"waiting": [0, 7, 3]}, "")
    assert shown.startswith("<svg")
    assert "Jobs &lt;wait&gt;" in shown
    assert "waiting, at most 7" in shown
