"""What the documents hold: blocks of code, commands, links, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

PROJECT = Path(__file__).parent.parent
README, README_ZH = "README.md", "README.zh-CN.md"
NAMES = [
    str(path.relative_to(PROJECT))
    for folder in (PROJECT, PROJECT / "docs")
    for path in sorted(folder.glob("*.md"))
]
ORIGINALS = {README_ZH: README} | {
    name: name.replace(".zh.md", ".md") for name in NAMES if name.endswith(".zh.md")
}
"""The English document of which each Chinese one is a translation."""

_COMMAND = re.compile(r"(make|(\.venv/bin/)?python -m (ops|simulator)|aws) [^…]+$")


@dataclass(frozen=True)
class Block:
    """A block of code, the `number`-th of its language under a heading."""

    document: str
    heading: str
    number: int
    language: str
    code: str
    line: int

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"

    def run(self, **context: object) -> dict[str, object]:
        """What is defined after it ran, with the names in `context` defined before."""
        names: dict[str, object] = {"__name__": "documented", **context}
        source = "\n" * self.line + self.code  # so that an error names the document's line
        exec(compile(source, self.document, "exec"), names)  # noqa: S102
        return names


def blocks(document: str) -> list[Block]:
    """All of a document, in order."""
    return list(_blocks(document))


def anchors(document: str) -> set[str]:
    """What a link may name in a document, made of its headings as GitHub makes it."""
    titles = (
        inline.content
        for opening, inline in zip(_tokens(document), _tokens(document)[1:], strict=False)
        if opening.type == "heading_open"
    )
    return {_slug(title) for title in titles}


def links(document: str) -> list[str]:
    """Where its links and pictures lead."""
    inline = (child for token in _tokens(document) for child in token.children or [])
    found = (child.attrGet("href") or child.attrGet("src") for child in inline)
    return [unquote(str(each)) for each in found if each]


def shape(document: str) -> list[str]:
    """Its headings with their levels, paragraphs, items of lists, rows of tables and blocks."""
    parts = {"heading_open", "paragraph_open", "list_item_open", "tr_open", "fence", "code_block"}
    return [f"{each.type} {each.tag}" for each in _tokens(document) if each.type in parts]


def code_spans(document: str) -> list[str]:
    """What stands between backticks in its text."""
    inline = (child for token in _tokens(document) for child in token.children or [])
    return [child.content for child in inline if child.type == "code_inline"]


def commands(document: str) -> list[str]:
    """What it tells one to type, in blocks without a language and in its text."""
    lines = [
        line
        for block in blocks(document)
        if not block.language
        for line in block.code.replace("\\\n", " ").splitlines()
    ]
    spans = [each for each in code_spans(document) if _COMMAND.match(each)]
    parts = [part for line in lines for part in re.split(r"&&|\|", line)]
    return [re.sub(r"\s*[<>].*", "", each).strip() for each in [*parts, *spans] if each.strip()]


def text(document: str) -> str:
    return (PROJECT / document).read_text(encoding="utf-8")


def first_column(document: str, heading: str) -> list[str]:
    """The code spans that begin the rows of the table under a heading."""
    part = re.split(rf"^## {heading}$", text(document), flags=re.MULTILINE)[1].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)`", part, re.MULTILINE)


def _blocks(document: str) -> Iterator[Block]:
    heading = ""
    numbers: dict[tuple[str, str], int] = {}
    tokens = _tokens(document)
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[position + 1].content
        elif token.type == "fence" and token.map:
            key = (heading, token.info)
            numbers[key] = numbers.get(key, 0) + 1
            line = token.map[0] + 1
            yield Block(document, heading, numbers[key], token.info, token.content, line)


@cache
def _tokens(document: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text(document))


def _slug(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
