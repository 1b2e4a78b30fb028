"""What the documents say of costs is what `python -m ops cost` computes."""

import json
import re

import pytest
from click.testing import CliRunner, Result

from ops import usage
from ops.command import main
from ops.prices import PRICES, Item
from ops.usage import Usage
from tests import documents
from tests.recipes import BLOCKS

OPERATIONS = "docs/operations.md"
COST = "What a million pushes cost"
EXAMPLE = ("--pushes", "1000000", "--slow", "0.3", "--seconds", "8")


def types(*words: str) -> Result:
    return CliRunner().invoke(main, ["cost", *words])


def cost(*words: str) -> float:
    return float(json.loads(types(*words, "--json").stdout)["usd"])


def price(used: Usage) -> float:
    return usage.price(used, PRICES["us-east-1"])


def row(first: str) -> list[str]:
    """The other cells of a row of operations.md."""
    (found,) = re.findall(
        rf"^\| {re.escape(first)} \| (.*) \|$", documents.text(OPERATIONS), re.MULTILINE
    )
    return str(found).split(" | ")


def test_the_documented_example_is_what_the_command_prints() -> None:
    printed = [line.rstrip() for line in types(*EXAMPLE).stdout.splitlines()]
    assert BLOCKS[OPERATIONS, COST, "text", 1].code.splitlines() == printed
    assert " ".join(EXAMPLE) in BLOCKS[OPERATIONS, COST, "", 1].code


@pytest.mark.parametrize("item", Item)
def test_documented_prices_are_those_that_it_takes(item: Item) -> None:
    assert row(item.value) == [f"{prices.usd[item]:g}" for prices in PRICES.values()]


def test_each_region_says_when_its_prices_were_published() -> None:
    published, *regions = row("as published in 2025"), *PRICES
    assert published == regions
    assert {each.published for each in PRICES.values()} == {"2025"}


@pytest.mark.parametrize(
    ("kind", "used"),
    [
        ("an idempotent route", usage.QUICK),
        ("a recorded route", usage.RECORDED),
        ("one that writes `ctx.session`", usage.WITH_SESSION),
    ],
)
def test_a_million_pushes_of_a_kind_cost_what_is_documented(kind: str, used: Usage) -> None:
    assert row(kind)[0] == f"{price(used):.1f}"


def test_a_slow_million_costs_what_is_documented_and_more_by_the_second() -> None:
    at_once, second = price(usage.slow(0)), price(usage.slow(1)) - price(usage.slow(0))
    assert row("a slow route")[0] == f"{at_once:.1f} + {second:.1f} for each second"


def test_shares_are_those_of_the_pushes() -> None:
    none = cost("--pushes", "0")
    assert cost("--idempotent", "1") == pytest.approx(none + price(usage.QUICK))
    mixed = cost("--idempotent", "0.5", "--slow", "0.25", "--seconds", "8", "--pushes", "4000000")
    parts = 2 * price(usage.QUICK) + price(usage.slow(8)) + price(usage.RECORDED)
    assert mixed == pytest.approx(none + parts)


def test_what_is_paid_without_any_push_has_backups_and_the_fixed_exit() -> None:
    nobody = cost("--pushes", "0", "--users", "0")
    backed_up = PRICES["us-east-1"].usd[Item.BACKED_UP] + PRICES["us-east-1"].usd[Item.STORED]
    assert cost("--pushes", "0", "--users", "1000000") == pytest.approx(nobody + backed_up)
    alone = cost("--pushes", "0", "--users", "0", "--no-fixed-exit")
    assert nobody - alone == pytest.approx(36.5)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--region", "cn-north-1"), "us-east-1 and ap-northeast-1"),
        (("--slow", "1.5"), "write a share from 0 to 1, such as 0.3"),
        (("--slow", "nan"), "write a share from 0 to 1, such as 0.3"),
        (("--pushes", "abc"), "write a whole number, such as 1000000"),
        (("--users", "-1"), "write a whole number, such as 20000"),
        (("--seconds", "901"), "write a number of seconds up to 900, such as 8"),
        (("--slow", "0.6", "--idempotent", "0.6"), "together more than 1"),
    ],
)
def test_what_cannot_be_computed_is_misuse(words: tuple[str, ...], told: str) -> None:
    result = types(*words)
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())
