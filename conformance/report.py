"""What the checks saw: for people, as JSON, and as JUnit's XML."""

import json
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree

import click

from .run import Result, Word

COLOURS = {Word.PASSED: "green", Word.FAILED: "red", Word.NOT_RUN: "yellow"}


def people(results: Sequence[Result]) -> str:
    """Groups of checks, and for each that failed why it matters."""
    lines = []
    for group, members in groupby(results, key=lambda result: result.check.group):
        lines.append(f"\n{click.style(group.replace('_', ' '), bold=True)}")
        lines += [line for result in members for line in _lines(result)]
    return "\n".join([*lines, "", summary(results)])


def _lines(result: Result) -> list[str]:
    word = click.style(f"{result.word.value:<8}", fg=COLOURS[result.word])
    lines = [f"  {word} {result.check.name}"]
    if result.word is Word.FAILED:
        lines += [
            f"           {result.check.sentence}",
            f"           why   {result.check.why}",
            f"           seen  {result.seen}",
        ]
    if result.word is Word.NOT_RUN:
        lines[0] += click.style(f"  {result.seen}", dim=True)
    return lines


def summary(results: Sequence[Result]) -> str:
    """How many of each."""
    count = Counter(result.word for result in results)
    return ", ".join(f"{count[word]} {word.value}" for word in Word)


def as_json(results: Sequence[Result]) -> str:
    """A list of objects."""
    return json.dumps(
        [
            {
                "name": result.check.name,
                "group": result.check.group,
                "sentence": result.check.sentence,
                "why": result.check.why,
                "result": result.word.value,
                "seen": result.seen,
                "seconds": round(result.seconds, 3),
            }
            for result in results
        ],
        ensure_ascii=False,
        indent=2,
    )


def as_junit(results: Sequence[Result]) -> str:
    """A suite of test cases; what was not run is skipped."""
    count = Counter(result.word for result in results)
    suite = ElementTree.Element(
        "testsuite",
        name="conformance",
        tests=str(len(results)),
        failures=str(count[Word.FAILED]),
        skipped=str(count[Word.NOT_RUN]),
    )
    for result in results:
        case = ElementTree.SubElement(
            suite,
            "testcase",
            classname=f"conformance.{result.check.group}",
            name=result.check.name,
            time=f"{result.seconds:.3f}",
        )
        if result.word is Word.FAILED:
            failure = ElementTree.SubElement(case, "failure", message=_printable(result.seen))
            failure.text = f"{result.check.sentence}\n{result.check.why}"
        if result.word is Word.NOT_RUN:
            ElementTree.SubElement(case, "skipped", message=result.seen)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)


def _printable(text: str) -> str:
    """Without characters that XML forbids."""
    return "".join(each if each.isprintable() else " " for each in text)
