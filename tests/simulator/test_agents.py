"""Who gets what a user writes: the account, or an agent of customer service."""

import pytest

from simulator import pushes
from simulator.events import USER
from simulator.platform.agents import AGENTS, LASTS, Agents
from simulator.platform.refusals import Refused

FIRST, SECOND = AGENTS
TEXT = pushes.text("你好").by(USER)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_user_who_waits_still_writes_to_the_account() -> None:
    agents = Agents(Clock())
    agents.transfer(USER, SECOND)
    assert agents.get(TEXT) == ""
    agents.take(USER)
    assert agents.get(TEXT) == SECOND


def test_events_always_go_to_the_account() -> None:
    agents = Agents(Clock())
    agents.take(USER)
    assert (agents.get(TEXT), agents.get(pushes.click("KEY").by(USER))) == (FIRST, "")


def test_half_an_hour_later_the_account_gets_messages_again() -> None:
    clock = Clock()
    agents = Agents(clock)
    agents.take(USER)
    clock.now += LASTS
    assert agents.get(TEXT) == FIRST
    clock.now += 1
    assert agents.get(TEXT) == ""


def test_an_agent_without_the_user_can_neither_pass_them_on_nor_end_it() -> None:
    agents = Agents(Clock())
    agents.transfer(USER, "")
    for act in (agents.switch, agents.close):
        with pytest.raises(Refused, match="no effective session"):
            act(USER)
