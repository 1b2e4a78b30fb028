"""Where the tables stand that `python -m tests.conformance` makes."""

from pathlib import Path

ENGLISH, CHINESE = (
    Path(__file__).parents[2] / "docs" / name for name in ("conformance.md", "conformance.zh.md")
)


def divided(document: Path, part: str) -> tuple[str, str, str]:
    """What stands before the tables of a part, they themselves, and what follows."""
    text = document.read_text(encoding="utf-8")
    begin, end = f"<!-- {part}: made by tests.conformance -->\n\n", f"\n\n<!-- end of {part} -->"
    first, last = text.index(begin) + len(begin), text.index(end)
    return text[:first], text[first:last], text[last:]
