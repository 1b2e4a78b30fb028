"""Each check passes on a right backend, and fails on one that is broken in the way it looks for."""

from concurrent.futures import ThreadPoolExecutor

from conformance import checks
from conformance.check import CHECKS
from tests.conformance.mutants import MUTANTS
from tests.conformance.running import failures


def test_a_right_backend_passes_every_check() -> None:
    assert failures("") == {}


def test_each_check_fails_on_the_backend_that_is_broken_in_its_way() -> None:
    def survives(name: str) -> bool:
        return name not in failures(MUTANTS[name], [CHECKS[name]])

    with ThreadPoolExecutor(8) as pool:
        survivors = [
            name for name, lives in zip(CHECKS, pool.map(survives, CHECKS), strict=True) if lives
        ]
    assert survivors == []


def test_each_check_says_what_holds_and_why() -> None:
    assert len(CHECKS) >= 60
    for check in CHECKS.values():
        assert check.sentence.endswith("."), check.name
        assert check.why, check.name
        assert check.group in checks.GROUPS
