"""`up --fixed-exit vpc` makes a network with one exit, for the worker alone; `down` removes it."""

from itertools import count
from typing import Any

import boto3
import pytest

from ops import interfaces, stack
from ops.target import read_config
from tests.ops.operator import Operator
from tests.ops.states import States

ANYWHERE = "0.0.0.0/0"


@pytest.fixture
def standing(states: States, operator: Operator) -> Operator:
    """An operator of a stage that has a fixed exit."""

    def make() -> None:
        result = operator.types("up", "--yes", "--fixed-exit", "vpc")
        assert result.exit_code == 0, result.output
        address = stack.outputs(operator.target.exit_stack)["Address"]
        assert f"(API IP白名单): {address}\n" in result.stdout

    states.bring("exit", operator, make)
    return operator


def worker(operator: Operator) -> dict[str, Any]:
    """What the configuration says of the worker of one stage alone."""
    described = read_config(operator.target.config_file)["stages"][operator.stage]
    found: dict[str, Any] = described["lambda_functions"]["worker"]
    return found


def network(operator: Operator) -> str:
    """The one in which the worker runs."""
    found = boto3.client("ec2").describe_subnets(SubnetIds=worker(operator)["subnet_ids"])
    (one,) = {each["VpcId"] for each in found["Subnets"]}
    return str(one)


def gateways(of: str) -> list[Any]:
    """The NAT gateways of a network, which cost by the hour."""
    found = boto3.client("ec2").describe_nat_gateways()["NatGateways"]
    return [each for each in found if each["VpcId"] == of and each["State"] != "deleted"]


def way_out(subnet: str) -> Any:
    """Where packets go that leave a subnet for the internet."""
    wish = {"Name": "association.subnet-id", "Values": [subnet]}
    (table,) = boto3.client("ec2").describe_route_tables(Filters=[wish])["RouteTables"]
    (way,) = [each for each in table["Routes"] if each.get("DestinationCidrBlock") == ANYWHERE]
    return way


def test_the_worker_leaves_by_a_nat_gateway_that_reaches_the_internet(standing: Operator) -> None:
    subnets = worker(standing)["subnet_ids"]
    (gateway,) = gateways(network(standing))
    assert [way_out(each)["NatGatewayId"] for each in subnets] == [gateway["NatGatewayId"]] * 2
    assert way_out(gateway["SubnetId"])["GatewayId"].startswith("igw-")
    found = boto3.client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    assert len({each["AvailabilityZone"] for each in found}) == 2


def test_nobody_may_call_the_worker_and_it_may_call_anybody(standing: Operator) -> None:
    (group,) = boto3.client("ec2").describe_security_groups(
        GroupIds=worker(standing)["security_group_ids"]
    )["SecurityGroups"]
    assert group["VpcId"] == network(standing)
    assert group["IpPermissions"] == []
    (out,) = group["IpPermissionsEgress"]
    assert out["IpProtocol"] == "-1"
    assert [each["CidrIp"] for each in out["IpRanges"]] == [ANYWHERE]


def test_a_second_time_nothing_is_made_and_nothing_asked(standing: Operator) -> None:
    before = worker(standing)
    again = standing.types("up")
    assert again.exit_code == 0, again.output
    assert f"{standing.target.exit_stack}: nothing to change" in again.stdout
    assert worker(standing) == before
    assert len(gateways(network(standing))) == 1


def test_down_takes_network_gateway_and_address_away(standing: Operator) -> None:
    ec2, lost = boto3.client("ec2"), network(standing)
    address = stack.outputs(standing.target.exit_stack)["Address"]
    assert address in [each["PublicIp"] for each in ec2.describe_addresses()["Addresses"]]
    result = standing.types("down", "--yes")
    assert result.exit_code == 0, result.output
    assert stack.status(standing.target.exit_stack) is None
    assert gateways(lost) == []
    assert address not in [each["PublicIp"] for each in ec2.describe_addresses()["Addresses"]]
    assert lost not in [each["VpcId"] for each in ec2.describe_vpcs()["Vpcs"]]


def interface(operator: Operator) -> str:
    """Lambda has a network interface for the worker, although the function is gone."""
    made = boto3.client("ec2").create_network_interface(
        SubnetId=worker(operator)["subnet_ids"][0],
        Description=f"AWS Lambda VPC ENI-{operator.target.function('worker')}",
    )
    return str(made["NetworkInterface"]["NetworkInterfaceId"])


def test_down_waits_until_lambda_has_left_the_network(standing: Operator) -> None:
    ec2, left, looks = boto3.client("ec2"), interface(standing), count(1)

    def leave_at_the_third_look(**_: Any) -> None:
        if next(looks) == 3:
            ec2.delete_network_interface(NetworkInterfaceId=left)

    events, moment = ec2.meta.events, "before-call.ec2.DescribeNetworkInterfaces"
    events.register(moment, leave_at_the_third_look)
    try:
        result = standing.types("down", "--yes")
    finally:
        events.unregister(moment, leave_at_the_third_look)
    assert result.exit_code == 0, result.output
    assert "and deletes them within about 20 minutes" in result.stdout
    assert stack.status(standing.target.exit_stack) is None


def test_down_names_what_never_leaves_the_network_and_continues_later(
    standing: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = interface(standing)
    with monkeypatch.context() as impatient:
        impatient.setattr(interfaces, "_LONGEST", 0)
        result = standing.types("down", "--yes")
    assert result.exit_code == 1
    assert f"ENI-{standing.target.function('worker')}. Take" in result.stderr
    boto3.client("ec2").delete_network_interface(NetworkInterfaceId=left)
    again = standing.types("down", "--yes")
    assert again.exit_code == 0, again.output
    assert stack.status(standing.target.exit_stack) is None
