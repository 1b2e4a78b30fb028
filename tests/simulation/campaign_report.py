"""Tells how a campaign goes: how long it takes, how fast it calls WeChat, and what chats notice."""

import time
from collections import Counter

from chalicelib.delivery.starting import lanes

from .campaign import AT_ONCE, CHATS, Campaign, p99, problems

TROUBLE = 0.0001
"""So much of the calls of tasks fail, or end their process."""
PAGE = 10_000
"""How many followers WeChat lists at once."""


def report(followers: int) -> int:
    """Runs a campaign, and the same chats without one; returns the exit code."""
    began = time.monotonic()
    campaign = Campaign(1, followers, trouble=TROUBLE, chatting=followers / 10, page=PAGE)
    campaign.run()
    alone = Campaign(1, 0, chatting=followers / 10)
    half = Campaign(1, 0, chatting=followers / 10, at_once=AT_ONCE - lanes(AT_ONCE))
    for chats in (alone, half):
        chats.run()
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
        waits = [f"{p99(each.waits[kind]):.2f} s" for each in (campaign, alone, half)]
        print(f"99 of 100 {kind} chats took {waits[0]} at most, and {waits[1]} without tasks")
        print(f"    or {waits[2]} where the other half was all of the long worker")
    print(*(wrong or ["each follower has one message"]), sep="\n")
    return 1 if wrong else 0
