"""Tells how a campaign goes: how long it takes, how fast it calls WeChat, and what chats notice."""

import time
from collections import Counter

from .campaign import CHATS, Campaign, p99, problems

TROUBLE = 0.0005
"""So much of the calls of tasks fail, or end their process."""
PAGE = 10_000
"""How many followers WeChat lists at once."""


def report(followers: int) -> int:
    """Runs a campaign, and the same chats without one; returns the exit code."""
    began = time.monotonic()
    campaign = Campaign(1, followers, trouble=TROUBLE, chatting=followers / 10, page=PAGE)
    campaign.run()
    alone = Campaign(1, 0, chatting=followers / 10)
    alone.run()
    wrong = problems(campaign)
    calls = campaign.api.calls
    by_minute = Counter(second // 60 for second in calls.elements())
    print(f"{followers} followers in {campaign.seconds / 3600:.2f} hours of simulated time")
    print(f"simulated in {time.monotonic() - began:.0f} s")
    print(f"tasks at once: {campaign.long_jobs.busiest}")
    print(f"calls of the API a second: {calls.total() / campaign.seconds:.1f}")
    print(f"calls of the API in the busiest minute: {max(by_minute.values())}")
    print(f"dead letters: {len(campaign.long_jobs.waiting.dead)}")
    for kind in CHATS:
        waits, without = p99(campaign.waits[kind]), p99(alone.waits[kind])
        print(
            f"{kind} chats: 99 of 100 answered in {waits:.2f} s, without tasks in {without:.2f} s"
        )
    print(*(wrong or ["each follower has one message"]), sep="\n")
    return 1 if wrong else 0
