"""`python -m conformance` as its user meets it."""

import json
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from conformance.command import main
from tests.conformance.reference import Reference
from tests.conformance.reference_server import serving
from tests.conformance.running import MODES, new_account

ACCOUNT = new_account()
SECRETS = {"WECHAT_TOKEN": ACCOUNT.token, "WECHAT_ENCODING_AES_KEY": ACCOUNT.encoding_aes_key}
APP_ID = ["--app-id", ACCOUNT.app_id]


def checked(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env=SECRETS)


@pytest.fixture
def url() -> Iterator[str]:
    with serving(Reference(ACCOUNT, "http://127.0.0.1:9"), MODES) as address:
        yield f"{address}/safe"


@pytest.fixture
def broken() -> Iterator[str]:
    with serving(Reference(ACCOUNT, "http://127.0.0.1:9", "echostr as JSON"), MODES) as address:
        yield f"{address}/safe"


def test_it_ends_with_0_when_nothing_failed(url: str) -> None:
    result = checked(url, *APP_ID, "--only", "verification")
    assert result.exit_code == 0
    assert "8 passed, 0 failed, 0 not run" in result.output


def test_a_failure_says_what_must_hold_why_and_what_was_seen(broken: str) -> None:
    result = checked(broken, *APP_ID, "--only", "verification-answers-echostr")
    assert result.exit_code == 1
    assert "A signed verification is answered with the bytes of echostr" in result.output
    assert "why   WeChat saves the URL only then" in result.output
    assert "seen  '5838479218127813673' was not answered as it is: status 200" in result.output


def test_what_the_backend_does_not_offer_is_not_run_and_never_passed(url: str) -> None:
    result = checked(url, *APP_ID, "--only", "late", "--only", "sign_in")
    assert result.exit_code == 0
    assert "0 passed, 0 failed, 16 not run" in result.output
    assert "it needs --slow, --api-url" in result.output


def test_programs_read_json(url: str) -> None:
    shown = checked(url, *APP_ID, "--only", "verification", "--format", "json").stdout
    result = json.loads(shown)[0]
    assert result["name"] == "verification-answers-echostr"
    assert result["result"] == "passed"
    assert result["seen"].startswith("status 200")


def test_a_file_for_ci_is_junits(broken: str, tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    result = checked(
        broken, *APP_ID, "--only", "verification", "--format", "junit", "--output", str(file)
    )
    assert result.exit_code == 1
    suite = ElementTree.parse(file).getroot()  # noqa: S314 - ours
    assert (suite.get("tests"), suite.get("failures")) == ("8", "3")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "URL, --app-id and --token (or WECHAT_TOKEN) are needed."),
        (["http://x", *APP_ID, "--only", "nothing"], "There is no check nothing; see --list."),
        (["http://x", *APP_ID, "--encoding-aes-key", "short"], "--encoding-aes-key has 43"),
        (["http://x", *APP_ID, "--api-url", "http://0.0.0.0:9"], "is an address on loopback"),
    ],
)
def test_what_is_misused_is_told(arguments: list[str], said: str) -> None:
    result = checked(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_a_backend_that_does_not_run_is_told_at_once() -> None:
    result = checked("http://127.0.0.1:9", *APP_ID)
    assert result.exit_code == 1
    assert "Nothing answers at http://127.0.0.1:9: does the backend run?" in result.stderr


def test_the_checks_are_listed_without_a_backend() -> None:
    result = checked("--list", "--only", "rotation")
    assert result.exit_code == 0
    assert result.output.count("\n") == 6


def test_no_secret_is_shown(broken: str) -> None:
    result = checked(broken, *APP_ID, "--only", "verification", "--format", "json")
    assert not any(secret in result.output for secret in SECRETS.values())
