"""The API's own address is closed beside a domain of one's own, and stays so."""

import boto3
import pytest

from ops import execute_api, preflight
from ops.errors import Failed
from ops.findings import Patient, State
from ops.target import read_config, write_config
from simulator.account import Account
from tests.backends import Answer, Backend, backend
from tests.ops import deployment
from tests.ops.operator import Operator


def wish(operator: Operator, close: object) -> None:
    file = operator.target.config_file
    config = read_config(file)
    config["stages"][operator.stage][execute_api.SETTING] = close
    write_config(file, config)


def is_closed(api: str) -> bool:
    found = boto3.client("apigateway").get_rest_api(restApiId=api)
    return bool(found["disableExecuteApiEndpoint"])


def change(api: str, *, closed: bool) -> None:
    """What a deploy by Chalice does, or somebody at the console."""
    path = "/disableExecuteApiEndpoint"
    boto3.client("apigateway").update_rest_api(
        restApiId=api, patchOperations=[{"op": "replace", "path": path, "value": str(closed)}]
    )


def deployments(api: str) -> int:
    return len(boto3.client("apigateway").get_deployments(restApiId=api)["items"])


@pytest.fixture
def api(operator: Operator, account: Account) -> str:
    """The API of the operator's stage, whose secrets are there."""
    operator.keeps_secrets_of(account)
    return deployment.make_api(operator.target.door)


@pytest.fixture
def closing(operator: Operator, api: str, door: Backend) -> Operator:
    """An operator whose stage has a domain that answers, and wants no other address."""
    operator.configure(PUBLIC_URL=door.url.removesuffix("/wechat"))
    wish(operator, close=True)
    return operator


def found(operator: Operator) -> list[State]:
    patient = Patient(operator.target, operator.target.settings.public_url)
    return [each.state for each in execute_api.examine(patient)]


def test_it_is_closed_and_closed_again_after_the_next_deploy(closing: Operator, api: str) -> None:
    before = deployments(api)
    execute_api.settle(closing.target, api)
    assert is_closed(api)
    assert deployments(api) == before + 1, "until then, AWS keeps it open"
    assert found(closing) == [State.OK]
    change(api, closed=False)
    assert found(closing) == [State.WARN]
    execute_api.settle(closing.target, api)
    assert found(closing) == [State.OK]


def test_what_is_closed_already_is_left_alone(closing: Operator, api: str) -> None:
    execute_api.settle(closing.target, api)
    before = deployments(api)
    execute_api.settle(closing.target, api)
    assert deployments(api) == before


@pytest.mark.parametrize("answer", [Answer("forbidden", 403), Answer("no"), Answer(status=0)])
def test_it_stays_open_until_the_domain_answers(
    operator: Operator, api: str, answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    with backend(answer) as elsewhere:
        operator.configure(PUBLIC_URL=elsewhere.url.removesuffix("/wechat"))
        wish(operator, close=True)
        execute_api.settle(operator.target, api)
    assert not is_closed(api)
    assert "does not lead to this stage yet" in capsys.readouterr().out


def test_it_is_opened_again_on_demand(closing: Operator, api: str) -> None:
    execute_api.settle(closing.target, api)
    wish(closing, close=False)
    assert found(closing) == [State.WARN]
    execute_api.settle(closing.target, api)
    assert not is_closed(api)


def test_a_stage_that_does_not_say_keeps_what_somebody_has_done(
    operator: Operator, api: str
) -> None:
    change(api, closed=True)
    execute_api.settle(operator.target, api)
    assert is_closed(api)
    assert found(operator) == []


@pytest.mark.parametrize("url", ["", "https://abc123.execute-api.eu-west-1.amazonaws.com/api"])
def test_without_a_domain_a_deploy_is_refused_that_would_close_the_only_address(
    operator: Operator, url: str
) -> None:
    operator.configure(PUBLIC_URL=url)
    wish(operator, close=True)
    told = [each.do for each in preflight.problems(operator.target, allow_plaintext=False)]
    assert any("Set PUBLIC_URL to a domain of your own" in each for each in told)


def test_what_is_neither_true_nor_false_is_refused(operator: Operator) -> None:
    wish(operator, close="yes")
    with pytest.raises(Failed, match="Write true or false"):
        execute_api.wanted(operator.target)
