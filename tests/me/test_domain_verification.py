"""The file by which WeChat verifies that a domain is ours."""

import pytest

from tests.door import Door
from tests.visitors import Browser


@pytest.mark.parametrize(
    ("file", "status"),
    [
        ("MP_verify_abcDEF0123456789.txt", 200),
        ("MP_verify_abcDEF0123456788.txt", 404),
        ("MP_verify_.txt", 404),
        ("MP_verify_abcDEF0123456789", 404),
        ("abcDEF0123456789.txt", 404),
        ("abcDEF0123456789", 404),
        ("robots.txt", 404),
        ("favicon.ico", 404),
        ("MP_verify_你好.txt", 404),
    ],
)
def test_only_our_own_domain_verification_is_there(door: Door, file: str, status: int) -> None:
    door.parameters.put("domain-verification", "abcDEF0123456789")
    page = Browser().get(f"/{file}")
    assert page.status == status
    assert page.headers["Content-Type"] == "text/plain"
    assert page.body == ("abcDEF0123456789" if status == 200 else "not found")


def test_strangers_files_ask_ssm_once_in_twenty_seconds(door: Door) -> None:
    door.parameters.put("domain-verification", "abcDEF0123456789")
    for number in range(20):
        assert Browser().get(f"/MP_verify_{number:016}.txt").status == 404
    assert door.parameters.reads <= 2


def test_a_code_that_changes_counts_twenty_seconds_after_a_stranger_asked(door: Door) -> None:
    door.parameters.put("domain-verification", "abcDEF0123456789")
    assert Browser().get("/MP_verify_second.txt").status == 404
    door.clock.sleep(21)
    door.parameters.put("domain-verification", "second")
    assert Browser().get("/MP_verify_second.txt").status == 200


def test_without_a_code_no_file_is_ours(door: Door) -> None:
    assert Browser().get("/MP_verify_.txt").status == 404
    assert Browser().get("/MP_verify_x.txt").status == 404
