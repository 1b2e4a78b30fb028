"""The documents of both languages have the same tables."""

import pytest

from conformance.check import CHECKS
from tests.conformance.chinese import translated
from tests.conformance.tables import CHINESE, ENGLISH, divided


@pytest.mark.parametrize("part", ["results", "mutants"])
def test_the_chinese_tables_say_what_the_english_ones_say(part: str) -> None:
    _, english, _ = divided(ENGLISH, part)
    _, chinese, _ = divided(CHINESE, part)
    assert chinese == translated(english)


def test_each_check_that_somebody_fails_has_a_chinese_sentence() -> None:
    _, tables, _ = divided(CHINESE, "results")
    assert [each.name for each in CHECKS.values() if each.sentence in tables] == []
