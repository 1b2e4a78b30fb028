"""What the peers say, for any library: a function from user and text to a text."""

import os
import time
from collections import defaultdict

APP_ID, TOKEN = os.environ.get("WECHAT_APP_ID", ""), os.environ.get("WECHAT_TOKEN", "")
ENCODING_AES_KEY = os.environ.get("WECHAT_ENCODING_AES_KEY", "")
SLOW = 8
"""Seconds."""

_counts: dict[str, int] = defaultdict(int)


def answer(user: str, said: str) -> str:
    """The reply to a text."""
    match said:
        case "count":
            _counts[user] += 1
            return str(_counts[user])
        case "raise":
            raise RuntimeError("a mistake in a handler")
        case "slow":
            time.sleep(SLOW)
            return "慢慢来"
        case "long":
            return "长" * 1000
    return said
