"""Tasks greet a crowd, each follower once, and the chats beside them notice nothing."""

import pytest

from chalicelib.delivery.starting import lanes

from .campaign import AT_ONCE, Campaign, p99, problems
from .campaign_rules import TASKS
from .mutants import Mutant, broken

FOLLOWERS = 120
TROUBLE = 0.02
SHOWS = 12
"""A seed that failed with each rule of tasks broken when one was last looked for."""


@pytest.mark.parametrize("seed", range(4))
def test_each_follower_is_greeted_once_whatever_fails(seed: int) -> None:
    campaign = Campaign(seed, FOLLOWERS, trouble=TROUBLE)
    campaign.run()
    assert not problems(campaign)
    assert campaign.trouble.excused


def test_chats_wait_no_longer_beside_tasks_and_long_ones_have_half_of_the_worker() -> None:
    beside = Campaign(1, 1000, chatting=90)
    alone = Campaign(1, 0, chatting=90, at_once=AT_ONCE - lanes(AT_ONCE))
    for each in (beside, alone):
        each.run()
    assert beside.seconds > 60
    for kind, waits in beside.waits.items():
        assert p99(waits) < p99(alone.waits[kind]) + 0.2


def test_a_limit_a_minute_slows_tasks_down_and_buries_none() -> None:
    campaign = Campaign(1, FOLLOWERS, a_minute=30)
    campaign.run()
    assert not problems(campaign)
    assert len(campaign.api.greeted) == FOLLOWERS
    assert not campaign.long_jobs.waiting.dead


@pytest.mark.parametrize("mutant", TASKS, ids=lambda mutant: mutant.rule)
def test_a_broken_rule_of_tasks_shows(mutant: Mutant) -> None:
    with broken(mutant):
        assert any(map(_fails, (SHOWS, *range(20))))


def _fails(seed: int) -> bool:
    campaign = Campaign(seed, FOLLOWERS, trouble=TROUBLE)
    campaign.run()
    return bool(problems(campaign))
