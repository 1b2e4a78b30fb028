"""Each row of the table of what was broken: `doctor` says it, and what fixes it does."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache

import pytest
from click.testing import Result

from ops.target import Target
from simulator.account import Account
from tests import breaks
from tests.backends import Backend
from tests.broken import Row, rows
from tests.ops import deployment, doctor, refusals
from tests.ops.conftest import answering_for
from tests.ops.operator import Operator
from tests.simulated import wechat_side

ROWS = rows()
HIDDEN = "your permission `lambda:ListTags` was taken away"
UNOPENED = "nobody has opened the link that AWS mailed for the alarms"


@dataclass
class Ward:
    """A healthy stage with all there is, the account and the door that belong to it."""

    operator: Operator
    account: Account
    door: Backend
    until: ExitStack = field(default_factory=ExitStack)

    def examine(self) -> Result:
        url = self.door.url.removesuffix("/wechat")
        return self.operator.types("doctor", "--url", url)

    def up(self) -> None:
        result = self.operator.types("up", "--yes")
        assert result.exit_code == 0, result.output

    def up_and_deploy(self) -> None:
        self.up()
        doctor.configure_functions(self.operator)

    def upgrade(self) -> None:
        result = self.operator.asks("upgrade")
        assert result.exit_code == 0, result.output

    def keep_secrets(self) -> None:
        self.operator.keeps_secrets_of(self.account)

    def hide_tags(self, _: Target) -> None:
        self.until.enter_context(refusals.of_tags())

    def leave_links_unopened(self, _: Target) -> None:
        self.until.enter_context(refusals.of_unopened_links())

    def name_somebody(self) -> None:
        result = self.operator.types("up", "--yes", "--alarm-email", "ops@example.com")
        assert result.exit_code == 0, result.output

    def tag_again(self) -> None:
        breaks.tag_again(self.operator.target)

    def end_refusals(self) -> None:
        self.until.close()


@pytest.fixture(scope="module")
def ward(aws: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    folder, account = tmp_path_factory.mktemp("project"), Account.new()
    with (
        pytest.MonkeyPatch.context() as own,
        wechat_side(account) as side,
        answering_for(account) as door,
    ):
        own.chdir(folder)
        own.setenv("WECHAT_API_URL", side.address)
        ward = Ward(Operator.new(folder), account, door)
        ward.keep_secrets()
        keys = ("cookie-key", "ticket-key", "refresh-token-key")
        ward.operator.types("secrets", "generate", *keys, "--yes")
        result = ward.operator.types("up", "--yes", "--fixed-exit", "vpc")
        assert result.exit_code == 0, result.output
        deployment.make(ward.operator.target)
        doctor.allow_functions(ward.operator)
        doctor.configure_functions(ward.operator)
        yield ward


@dataclass(frozen=True)
class Case:
    """What `doctor` says before, while and after the rows of a group are broken."""

    healthy: Result
    broken: Result
    fixed: Result | None


Broken = Callable[[str], Case]


@pytest.fixture(scope="module")
def broken(ward: Ward) -> Broken:
    """The case to which a row belongs. What does not hide each other is broken at once."""
    groups: list[tuple[Mapping[str, Callable[[Target], None]], Callable[[], None] | None]] = [
        (breaks.DELETED, ward.up),
        (breaks.CHANGED, ward.up),
        (breaks.SECRET, ward.keep_secrets),
        ({HIDDEN: ward.hide_tags}, ward.end_refusals),
        ({UNOPENED: ward.leave_links_unopened}, ward.end_refusals),
        (breaks.UNSUBSCRIBED, ward.up),
        (breaks.NOBODY, ward.name_somebody),
        (breaks.UNTAGGED, ward.tag_again),
        (breaks.UNDESCRIBED, ward.upgrade),
        (breaks.LOST, ward.up_and_deploy),
        *((group, None) for group in breaks.BY_DEPLOY),
    ]
    healthy = ward.examine()

    @cache
    def case(number: int) -> Case:
        broken_by, fix = groups[number]
        for each in broken_by.values():
            each(ward.operator.target)
        found = ward.examine()
        if fix is None:
            return Case(healthy, found, None)
        fix()
        return Case(healthy, found, ward.examine())

    def case_of(row: str) -> Case:
        (number,) = [n for n, (broken_by, _) in enumerate(groups) if row in broken_by]
        return case(number)

    return case_of


LEFT_BROKEN = [row for group in breaks.BY_DEPLOY for row in group]
"""Rows that nothing fixes here but the deploy of tests/e2e/test_broken.py, hence the last."""


@pytest.mark.parametrize("row", [*(row for row in ROWS if row not in LEFT_BROKEN), *LEFT_BROKEN])
def test_doctor_says_what_was_broken_and_what_fixes_it(
    row: str, broken: Broken, ward: Ward
) -> None:
    case, expected = broken(row), ROWS[row].of(ward.operator.stage)
    assert case.healthy.exit_code == 0, case.healthy.output
    assert expected.says not in case.healthy.output
    assert case.broken.exit_code == 1
    assert advice(case.broken.output, expected), case.broken.output
    if case.fixed:
        assert expected.says not in case.fixed.output
        assert case.fixed.exit_code == 0, case.fixed.output


def advice(report: str, row: Row) -> bool:
    """Whether a report has the row's words, and its fix in the same finding."""
    findings = report.replace("\nwarn", "\nfail").replace("\nok", "\nfail").split("\nfail")
    return any(row.says in each and row.fix in each for each in findings)


def test_every_row_is_about_something_that_is_broken_here() -> None:
    groups = (
        breaks.DELETED,
        breaks.CHANGED,
        breaks.UNSUBSCRIBED,
        breaks.NOBODY,
        breaks.SECRET,
        breaks.UNTAGGED,
        breaks.UNDESCRIBED,
        breaks.LOST,
        *breaks.BY_DEPLOY,
    )
    assert {*ROWS} == {HIDDEN, UNOPENED, *(row for group in groups for row in group)}
