"""What a language model says, as it says it, in the plain text that WeChat shows."""

import json
import re
from collections.abc import Iterable, Iterator
from socket import SHUT_RDWR
from threading import Timer
from typing import Any

import httpx
from httpx_sse import EventSource, connect_sse
from markdown_it import MarkdownIt
from markdown_it.token import Token

GOES_ON: dict[str, bool] = {"prefix": True}
"""How DeepSeek is asked to go on from the last message; Qwen and Kimi: {"partial": True}.

Empty if your model cannot do that.
"""
LEAST = 30
"""Characters that are converted, and checked, at a time; a first sentence may be shorter."""
SILENCE = 30.0
"""Seconds for which a model may say nothing once it has begun; before that it may think."""
CODE = "────────"
"""Stands above and below code."""

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["code", "reference"])
_THOUGHTS = re.compile(r"<think>.*?</think>\s*(?=\S)", re.DOTALL)
_SENTENCE = re.compile(r"[。！？；]|(?<!\d)[.!?](?=\s)")
_FENCE = re.compile(r"\s*(```|~~~)")
_ROW = re.compile(r"\s*\|(.*)\|\s*")
_CELLS = re.compile(r"^(.+ \| .+)$", re.MULTILINE)
_RULE_OF_TABLE = re.compile(r"\s*\|[\s:|-]+\|\s*")
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')

Messages = list[dict[str, str]]


def recent(messages: Messages, tokens: int) -> Messages:
    """The last of the messages that say anything, as many as have about so many tokens.

    Three bytes count as one: a Chinese character, or almost a word of English. That is an estimate;
    models count fewer.
    """
    messages = [each for each in messages if each["content"]]
    for first in range(len(messages)):
        if sum(len(each["content"].encode()) // 3 + 4 for each in messages[first:]) <= tokens:
            return messages[first:]
    return messages[-1:]


def said_by_model(
    url: str, key: str, model: str, messages: Messages, said: str = ""
) -> Iterator[str]:
    """What the model says, after what was `said` of it already. Raises httpx.HTTPError.

    Empty texts come in between, so that what was said before may leave. When the model hangs up or
    falls silent, it is asked to go on, if it has said anything since it was asked.
    """
    while True:
        if said and not GOES_ON:
            raise httpx.RemoteProtocolError("this model cannot go on from what it said")
        before = said
        begun = [{"role": "assistant", "content": as_markdown(said), **GOES_ON}] if said else []
        asked = {"model": model, "messages": [*messages, *begun], "stream": True}
        try:
            for text in plain(_pieces(f"{url}/chat/completions", key, asked), said):
                said += text
                yield text
        except httpx.TransportError:
            if said == before:
                raise
        else:
            return


def _pieces(url: str, key: str, asked: dict[str, Any]) -> Iterator[str]:
    """The answer in pieces, without the model's reasoning."""
    # A model may think for minutes without a word; how long is said by the route's `seconds`.
    with httpx.Client(timeout=httpx.Timeout(10, read=None)) as client:
        headers = {"Authorization": f"Bearer {key}"}
        with connect_sse(client, "POST", url, json=asked, headers=headers) as source:
            source.response.raise_for_status()
            yield from _contents(source)


def _contents(source: EventSource) -> Iterator[str]:
    """The content of each event; hangs up when a model that has begun to answer falls silent."""
    connection = source.response.extensions["network_stream"].get_extra_info("socket")
    limit, begun = Timer(SILENCE, connection.shutdown, [SHUT_RDWR]), False
    try:
        for event in source.iter_sse():
            limit.cancel()
            if event.data == "[DONE]":
                return
            choices = json.loads(event.data)["choices"]
            text = "".join(choice["delta"].get("content") or "" for choice in choices)
            yield text
            if begun := begun or text != "":
                limit = Timer(SILENCE, connection.shutdown, [SHUT_RDWR])
                limit.start()
    finally:
        limit.cancel()
    raise httpx.RemoteProtocolError("the answer has no end")


def plain(pieces: Iterable[str], said: str = "") -> Iterator[str]:
    """Markdown as WeChat shows it, some sentences or lines at a time, after what was `said`."""
    in_code, in_line = said.count(CODE) % 2 == 1, said[-1:] not in ("", "\n")
    at_fence = said.endswith(CODE)
    for chunk in _chunks(pieces):
        shown = ""
        for line in chunk.splitlines(keepends=True):
            if at_fence:
                shown, at_fence = "\n" * line.endswith("\n"), False
            elif not in_line and _FENCE.match(line):
                in_code = not in_code
                shown += CODE + "\n" * line.endswith("\n")
            elif in_code:
                shown += line
            elif in_line:
                shown += _inline(_MARKDOWN.parseInline(line))
            elif not _RULE_OF_TABLE.fullmatch(line):
                shown += _line(line)
            in_line = not line.endswith("\n")
        yield shown


def _chunks(pieces: Iterable[str]) -> Iterator[str]:
    """Some sentences or lines at a time, without what the model thinks; nothing in between."""
    text, least = "", 1
    for piece in pieces:
        text = _THOUGHTS.sub("", text + piece)
        end = _end(text.partition("<think>")[0])
        if len(text[:end].strip()) < least:
            yield ""
        else:
            yield text[:end]
            text, least = text[end:], LEAST
    if rest := text.partition("<think>")[0]:
        yield rest


def _end(text: str) -> int:
    """Where the last line or sentence ends, outside of links, code and rows of a table."""
    end = line = text.rfind("\n") + 1
    if text[line:].lstrip().startswith("|"):
        return end
    for found in _SENTENCE.finditer(text, line):
        begun = text[line : found.end()]
        if begun.count("[") <= begun.count("]") and begun.count("`") % 2 == 0:
            end = found.end()
    return end


def _line(line: str) -> str:
    text = line.strip()
    indent, ending = line[: len(line) - len(line.lstrip())], "\n" * line.endswith("\n")
    if row := _ROW.fullmatch(text):
        text = row[1].strip()
    return indent * bool(text) + _inline(_MARKDOWN.parse(text)) + ending


def _inline(tokens: list[Token]) -> str:
    return "".join(_shown(token) for token in tokens)


def _shown(token: Token) -> str:
    match token.type:
        case "inline":
            return _inline(token.children or [])
        case "list_item_open":
            return f"{token.info}{token.markup} " if token.info else "• "
        case "link_open":
            return f'<a href="{token.attrGet("href")}">'
        case "link_close":
            return "</a>"
        case "image":
            return f'<a href="{token.attrGet("src")}">{token.content}</a>'
        case "softbreak" | "hardbreak":
            return "\n"
        case _:
            return token.content.replace("**", "")  # which a parser leaves beside Chinese marks


def as_markdown(said: str) -> str:
    """What was said, as the model would have written it."""
    linked = _LINK.sub(r"[\2](\1)", said).replace(CODE, "```")
    return _CELLS.sub(r"| \1 |", linked)
