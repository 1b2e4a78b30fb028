"""Alarms reach an address that the configuration knows, or somebody is told that they do not."""

import boto3
import pytest

from ops import alarm_subscriptions
from ops.findings import Patient
from ops.target import read_config, write_config
from simulator.account import Account
from tests.ops import refusals
from tests.ops.doctor import examine
from tests.ops.operator import Operator

ADDRESS = "night@example.com"
UP = ("up", "--fixed-exit", "none")


@pytest.fixture
def silent(operator: Operator) -> Operator:
    """An operator of a stage whose alarms have no address."""
    configure(operator, None)
    return operator


def configure(operator: Operator, address: str | None) -> None:
    config = read_config(operator.target.config_file)
    config["stages"][operator.stage] |= {"alarm_email": address}
    if address is None:
        del config["stages"][operator.stage]["alarm_email"]
    write_config(operator.target.config_file, config)


def configured(operator: Operator) -> str | None:
    address: str | None = operator.target.stage_config.get("alarm_email")
    return address


def topic(operator: Operator) -> str:
    names = [each["TopicArn"] for each in boto3.client("sns").list_topics()["Topics"]]
    return next(str(each) for each in names if each.endswith(f":{operator.target.stack}-alarms"))


def subscribed(operator: Operator) -> list[str]:
    answer = boto3.client("sns").list_subscriptions_by_topic(TopicArn=topic(operator))
    return [each["Endpoint"] for each in answer["Subscriptions"]]


def found(operator: Operator) -> list[tuple[str, str]]:
    """What `doctor` says of it: the state, and all words."""
    findings = alarm_subscriptions.examine(Patient(operator.target, ""))
    return [(each.state.value, f"{each.found} {each.do}") for each in findings]


def test_production_asks_for_an_address_and_keeps_it(silent: Operator) -> None:
    result = silent.types(*UP, answers=f"nomail\n{ADDRESS}\ny\n")
    assert result.exit_code == 0, result.output
    assert "nomail is no e-mail address" in result.stderr
    assert configured(silent) == ADDRESS
    assert subscribed(silent) == [ADDRESS]
    assert "alarms of" not in silent.types(*UP).stderr, "it is asked for once"


def test_deploy_asks_for_it_as_well(silent: Operator) -> None:
    silent.keeps_secrets_of(Account.new())
    silent.types("secrets", "generate", "cookie-key", "ticket-key", "refresh-token-key", "--yes")
    result = silent.types("deploy", "--fixed-exit", "none", answers=f"y\n{ADDRESS}\nn\n")
    assert f"Nobody gets the alarms of {silent.stage}" in result.stderr
    assert f"Change {silent.target.stack} in us-east-1?" in result.stderr
    assert configured(silent) is None, "as nothing was changed"


def test_nobody_is_an_answer_that_doctor_remembers(silent: Operator) -> None:
    assert silent.types(*UP, answers="none\ny\n").exit_code == 0
    assert silent.types(*UP).exit_code == 0, "it is asked for once"
    assert subscribed(silent) == []
    ((state, told),) = found(silent)
    assert state == "warn"
    assert f"up --stage {silent.stage} --alarm-email ADDRESS" in told


def test_a_script_is_told_and_goes_on(silent: Operator) -> None:
    result = silent.types(*UP, "--yes")
    assert result.exit_code == 0, result.output
    assert "use --alarm-email ADDRESS" in result.stdout
    assert configured(silent) is None


def test_the_address_survives_down_and_up(silent: Operator) -> None:
    assert silent.types(*UP, "--yes", "--alarm-email", ADDRESS).exit_code == 0
    assert silent.types("down", "--yes").exit_code == 0
    assert silent.types(*UP, "--yes").exit_code == 0
    assert subscribed(silent) == [ADDRESS]


def test_an_address_that_only_the_stack_knows_gets_into_the_configuration(
    silent: Operator,
) -> None:
    silent.types(*UP, "--yes", "--alarm-email", ADDRESS)
    configure(silent, None)
    assert silent.types(*UP).exit_code == 0
    assert configured(silent) == ADDRESS


def test_an_address_that_has_not_confirmed_is_found_with_its_next_link(
    standing: Operator,
) -> None:
    assert [state for state, _ in found(standing)] == ["ok"]
    with refusals.of_unopened_links():
        (finding,) = examine(standing)["alarm mail"]
        again = standing.types(*UP, "--yes")
    assert finding["state"] == "fail"
    assert f"aws sns subscribe --topic-arn {topic(standing)}" in finding["do"]
    assert "AWS has mailed a link to ops@example.com" in again.stdout


def test_a_subscription_that_ended_is_found_and_up_begins_it_again(standing: Operator) -> None:
    sns = boto3.client("sns")
    (gone,) = sns.list_subscriptions_by_topic(TopicArn=topic(standing))["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=gone["SubscriptionArn"])
    ((state, told),) = found(standing)
    assert (state, "is not subscribed" in told) == ("fail", True)
    assert standing.types(*UP, "--yes").exit_code == 0
    assert found(standing) == [("ok", "1 subscribed to alarms ")]


def test_what_is_no_address_in_the_configuration_is_told(operator: Operator) -> None:
    configure(operator, "somebody")
    result = operator.types(*UP, "--yes")
    assert result.exit_code == 1
    assert f"alarm_email of {operator.stage} is 'somebody'" in result.stderr
    assert operator.stack_status() is None
