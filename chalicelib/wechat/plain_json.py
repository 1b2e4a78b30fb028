"""JSON for WeChat's API, and for tables and queues.

WeChat shows an escaped character to the user as it is, `\\u4f60`, so we escape only what we must.
What users type may hold lone surrogates, which UTF-8 cannot encode, and SQS also refuses U+FFFE and
U+FFFF. `sent` replaces lone surrogates, `stored` escapes all of these.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
"""

import json
import re
from typing import Any

_plain = json.JSONEncoder(ensure_ascii=False).encode
_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_REFUSED = re.compile("[\ud800-\udfff\ufffe\uffff]")


def sent(value: Any) -> bytes:
    """`value` as the UTF-8 body of a request; a lone surrogate becomes a question mark."""
    return _plain(value).encode("utf-8", "replace")


def stored(value: Any) -> str:
    """`value` as compact JSON in characters that every table and queue accepts."""
    text = _compact(value)
    return _REFUSED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
