"""`python -m tests.conformance`: compares backends, and writes the tables of docs/conformance.md.

Those of docs/conformance.zh.md are made of them. It takes some three minutes. `--mutants` instead
proves each check by the backend that fails it, and writes what else that one fails.
"""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import click

from conformance import __version__, checks
from conformance.check import CHECKS
from conformance.run import Result, Word
from tests.conformance.chinese import translated
from tests.conformance.contestants import CONTESTANTS, Contestant, compared
from tests.conformance.mutants import MUTANTS
from tests.conformance.running import failures
from tests.conformance.tables import CHINESE, ENGLISH, divided

MARKS = {Word.PASSED: "✓", Word.FAILED: "✗", Word.NOT_RUN: "–"}


@click.command()
@click.option("--mutants", is_flag=True, help="Prove the checks.")
def main(*, mutants: bool) -> None:
    """Writes the tables."""
    if mutants:
        _write("mutants", _proofs())
        return
    results = {}
    for each in CONTESTANTS:
        click.echo(f"{each.name} ...", err=True)
        results[each.name] = compared(each)
    _write("results", _comparison(results))
    ours = [each for each in results["wechalice"] if each.word is not Word.PASSED]
    for result in ours:
        click.echo(f"{result.check.name}: {result.word.value}: {result.seen}", err=True)
    sys.exit(bool(ours))


def _write(part: str, text: str) -> None:
    """Puts a table between its marks in both documents."""
    for document, table in ((ENGLISH, text), (CHINESE, translated(text))):
        before, _, after = divided(document, part)
        document.write_text(f"{before}{table}{after}", encoding="utf-8")


def _comparison(results: dict[str, list[Result]]) -> str:
    versions = "; ".join(f"{each.name}: {each.version}" for each in CONTESTANTS)
    head = "| | " + " | ".join(each.name for each in CONTESTANTS) + " |"
    line = "| --- |" + " --- |" * len(CONTESTANTS)
    groups = [
        f"| {group.replace('_', ' ')} | "
        + " | ".join(_passed(results[each.name], group) for each in CONTESTANTS)
        + " |"
        for group in checks.GROUPS
    ]
    return "\n".join(
        [
            f"{datetime.now(UTC):%Y-%m-%d}, conformance {__version__}. {versions}.",
            "",
            head,
            line,
            *groups,
            "",
            "What at least one of them fails:",
            "",
            head,
            line,
            *_failed(results),
        ]
    )


def _passed(results: Sequence[Result], group: str) -> str:
    own = [each for each in results if each.check.group == group]
    ran = [each for each in own if each.word is not Word.NOT_RUN]
    if not ran:
        return "not run"
    return f"{sum(each.word is Word.PASSED for each in ran)} of {len(ran)}"


def _failed(results: dict[str, list[Result]]) -> list[str]:
    by_name = {name: {r.check.name: r for r in rs} for name, rs in results.items()}
    rows = []
    for name, check in CHECKS.items():
        own = [by_name[each.name][name] for each in CONTESTANTS]
        if any(each.word is Word.FAILED for each in own):
            cells = [_mark(each, result) for each, result in zip(CONTESTANTS, own, strict=True)]
            rows.append(f"| {check.sentence} | {' | '.join(cells)} |")
    return rows


def _mark(contestant: Contestant, result: Result) -> str:
    if result.word is not Word.FAILED:
        return MARKS[result.word]
    mark = "5xx" if "status 5" in result.seen else MARKS[Word.FAILED]
    return f"{mark}°" if result.check.name in contestant.left else mark


def _proofs() -> str:
    """A row for each way to break the backend."""
    words = list(dict.fromkeys(MUTANTS.values()))
    with ThreadPoolExecutor(4) as pool:
        failing = dict(zip(words, pool.map(_alone, words), strict=True))
    rows = []
    for broken in words:
        proves = [name for name, word in MUTANTS.items() if word == broken]
        missing = set(proves) - set(failing[broken])
        assert not missing, f"{broken} fails not: {missing}"
        others = sorted(set(failing[broken]) - set(proves))
        rows.append(f"| {broken} | {', '.join(proves)} | {', '.join(others)} |")
    return "\n".join(["| broken | proves | fails, too |", "| --- | --- | --- |", *rows])


def _alone(broken: str) -> list[str]:
    click.echo(f"{broken} ...", err=True)
    return list(failures(broken))


if __name__ == "__main__":
    main()
