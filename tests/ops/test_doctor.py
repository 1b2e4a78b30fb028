"""`doctor` finds what is wrong with a stage, and says what to do about it."""

import json

import pytest

from simulator.account import Account
from tests.backends import Answer, Backend, backend
from tests.ops import refusals
from tests.ops.doctor import examine, states
from tests.ops.operator import Operator
from tests.simulated import Side


def test_a_healthy_stage_fails_in_nothing(operator: Operator, side: Side, door: Backend) -> None:
    found = examine(operator, door)
    failed = [each for findings in found.values() for each in findings if each["state"] == "fail"]
    assert failed == []
    url = door.url.removesuffix("/wechat")
    assert operator.types("doctor", "--url", url).exit_code == 0
    assert {"clock", "secrets", "stack", "tables", "queue", "url", "token"} <= found.keys()


def test_a_report_begins_with_the_stage_its_region_and_the_account(operator: Operator) -> None:
    first, *_ = operator.types("doctor").stdout.splitlines()
    assert first == f"{operator.stage} · us-east-1 · account 000000000000"


def test_the_url_of_pushes_is_taken_for_that_of_the_stage(
    operator: Operator, side: Side, door: Backend
) -> None:
    found = operator.reads("doctor", "--url", door.url)
    (told,) = [each for each in found if each["check"] == "url"]
    assert told["state"] == "ok"
    assert f"{door.url} answers" in told["found"]
    assert all("doctor" in each.query for each in door.requests), "the door's log tells them apart"


def test_what_is_wrong_is_told_with_what_to_do(operator: Operator) -> None:
    result = operator.types("doctor")
    assert result.exit_code == 1
    assert f"python -m ops up --stage {operator.stage}" in result.stdout
    assert f"python -m ops deploy --stage {operator.stage}" in result.stdout
    assert f"secrets set app-id --stage {operator.stage}" in result.stdout


def test_before_a_first_deploy_each_cause_is_told_once(operator: Operator) -> None:
    found = operator.reads("doctor")
    failed = [each for each in found if each["state"] == "fail"]
    assert {each["check"] for each in failed} == {"secrets", "stack", "functions"}
    told = [each["found"] for each in failed]
    assert told.count(f"{operator.stage} is not deployed in us-east-1") == 1
    made = "token, encoding-aes-key, cookie-key, ticket-key, refresh-token-key"
    assert f"The parameters {made} are missing in us-east-1." in told
    (rest,) = [each["found"] for each in found if each["check"] == "not examined"]
    assert f"refusals, url, web authorization ({operator.stage} is not deployed)" in rest
    assert "token, account, late answers, callback/check (no app-id or app-secret)" in rest


def test_no_secret_stands_in_a_report(
    operator: Operator, side: Side, door: Backend, account: Account
) -> None:
    shown = operator.types("doctor", "--url", door.url.removesuffix("/wechat")).output
    assert account.token not in shown
    assert account.app_secret not in shown
    assert account.encoding_aes_key not in shown


@pytest.mark.parametrize("url", ["http://[::1", "shop.example", "https://", "ftp://shop.example"])
def test_what_is_no_address_is_misuse(operator: Operator, url: str) -> None:
    result = operator.types("doctor", "--url", url)
    assert result.exit_code == 2
    assert "https://HOST" in result.stderr


def test_what_is_not_permitted_is_one_finding(operator: Operator, side: Side) -> None:
    with refusals.of_permissions("ssm:GetParameters", "lambda:GetFunction"):
        found = examine(operator)
    (finding,) = found["permissions"]
    assert finding["state"] == "fail"
    assert "you lack lambda:GetFunction, ssm:GetParameters" in finding["found"]
    assert f"deploy-policy --stage {operator.stage}" in finding["do"]
    assert "arn:" not in json.dumps(found)


def test_a_malformed_secret_is_found(operator: Operator, side: Side) -> None:
    operator.keeps("encoding-aes-key", "tooshort")
    (found,) = examine(operator)["secrets"]
    assert found["state"] == "fail"
    assert "43 characters" in found["found"]
    assert "tooshort" not in json.dumps(found)


def test_plaintext_in_production_is_a_warning(operator: Operator, side: Side) -> None:
    operator.configure(WECHAT_API_URL=side.address, WECHAT_MODE="plaintext")
    assert states(operator, "mode") == {"warn"}


@pytest.mark.parametrize(
    ("ahead", "state"),
    [(0, "ok"), (50, "ok"), (75, "warn"), (-75, "warn"), (285, "warn"), (315, "fail")],
)
def test_a_clock_is_off_from_a_minute_on_and_wrong_when_signatures_are_refused(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, ahead: float, state: str
) -> None:
    with backend(Answer("<a><GetCallerIdentityResult/></a>", ahead=ahead)) as sts:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", sts.url)
        (found,) = examine(operator)["clock"]
    assert found["state"] == state
    assert ("NTP" in found["do"]) is (state != "ok")
