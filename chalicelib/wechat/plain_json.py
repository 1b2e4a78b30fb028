"""JSON as WeChat's API reads it, and as a table or a queue holds it.

WeChat shows an escaped character to the user as it stands, `\\u4f60`, so nothing is escaped that
need not be. What users type may hold lone surrogates, which no UTF-8 can carry, and SQS refuses
U+FFFE and U+FFFF as well: what is sent loses them, what is stored escapes them.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
"""

import json
import re
from typing import Any

_REFUSED = re.compile("[\ud800-\udfff\ufffe\uffff]")


def sent(value: Any) -> bytes:
    """`value` as the UTF-8 body of a request; a lone surrogate becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def stored(value: Any) -> str:
    """`value`, compact, in characters that every table and queue takes; `json.loads` reads it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _REFUSED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
