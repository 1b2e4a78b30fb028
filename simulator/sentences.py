"""What the log and the phone's server say, in Chinese: the words of the phone's page.

The page's modules have one word or sentence an entry, so they are read as they are.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_WORDS = Path(__file__).parent / "phone" / "static" / "words"
_ENTRY = re.compile(
    r'^ +(?:(?P<name>\w+)|(?P<quoted>"(?:[^"\\]|\\.)*")):\s+(?P<told>"(?:[^"\\]|\\.)*"),$',
    re.MULTILINE,
)
_WITH_ERRCODE = re.compile(r"(?P<advice>.*) (?P<errcode>\(-?\d+ .*\))", re.DOTALL)
"""WeChat's errmsg follows our advice: (45015 response out of time limit)."""
_RAISED = re.compile(r"(?P<name>\w+: )?(?P<sentence>.*?)(?P<place> — \S+:\d+)?", re.DOTALL)
"""An exception's name comes before the sentence, and its place in the code after it."""


def in_chinese(text: str) -> str:
    """The sentence or code in Chinese; an unknown one stays as it is."""
    if found := _WITH_ERRCODE.fullmatch(text):
        return f"{in_chinese(found['advice'])} {found['errcode']}"
    known = entries("sentences.js", "export const zh = {")
    return known.get(text) or _filled(known, text) or text


def raised_in_chinese(cause: str) -> str:
    """An exception's name, what it says, and its place, of which the middle may be a sentence."""
    found = _RAISED.fullmatch(cause)
    if not found:
        return cause
    return f"{found['name'] or ''}{in_chinese(found['sentence'])}{found['place'] or ''}"


@cache
def entries(module: str, begin: str) -> Mapping[str, str]:
    """The words in a module of the page: those from `begin` to the next brace."""
    text = (_WORDS / module).read_text(encoding="utf-8")
    block = re.search(rf"{re.escape(begin)}\n(.*?)\n *\}}[;,]\n", text, re.DOTALL)
    assert block  # noqa: S101 - the page would be without these words
    return {
        each["name"] or json.loads(each["quoted"]): json.loads(each["told"])
        for each in _ENTRY.finditer(block[1])
    }


def _filled(known: Mapping[str, str], text: str) -> str:
    """The translation of a sentence with parts that vary, or empty."""
    for template, told in known.items():
        if "{}" in template:
            pattern = "(.+?)".join(map(re.escape, template.split("{}")))
            if found := re.fullmatch(pattern, text, re.DOTALL):
                return told.format(*found.groups())
    return ""
