"""Which parts of a network are on AWS: those of the fixed exit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import boto3

_OVER = ("deleted", "deleting", "failed")
"""States in which AWS still shows a resource for a while."""
_ANYWHERE = "0.0.0.0/0"


class _Look(NamedTuple):
    """How to ask for a kind by ids: a call, its filter, and what the answer has them under."""

    call: str
    filter: str
    listed: str
    id: str


def name(kind: str, properties: Mapping[str, Any], known: Mapping[str, str], own: str) -> str:
    """What tells a resource from others of its kind; `own` is its id, `known` has all of a stack.

    What ties two others together has no id of its own, and is named by these.
    """
    if kind not in _TIES:
        return own
    tied = [known.get(properties[each]["Ref"], "") for each in _TIES[kind]]
    return "|".join(tied) if all(tied) else ""


def among(kind: str, names: Sequence[str]) -> set[str]:
    """Those of `names` that are there."""
    found = _TIED[kind](names) if kind in _TIED else _listed(_LOOKS[kind], names)
    return {*found} & {*names}  # because an emulator may tell of others, too


def _listed(look: _Look, names: Sequence[str]) -> Iterator[str]:
    for each in _asked(look.call, look.filter, names)[look.listed]:
        if each.get("State") not in _OVER:
            yield each[look.id]


def _attached(networks: Sequence[str]) -> Iterator[str]:
    answer = _asked("describe_internet_gateways", "attachment.vpc-id", networks)
    for each in answer["InternetGateways"]:
        yield from (attachment["VpcId"] for attachment in each["Attachments"])


def _leading_anywhere(tables: Sequence[str]) -> Iterator[str]:
    answer = _asked("describe_route_tables", "route-table-id", tables)
    for each in answer["RouteTables"]:
        if any(route.get("DestinationCidrBlock") == _ANYWHERE for route in each["Routes"]):
            yield each["RouteTableId"]


def _associated(pairs: Sequence[str]) -> Iterator[str]:
    subnets = [pair.partition("|")[0] for pair in pairs]
    answer = _asked("describe_route_tables", "association.subnet-id", subnets)
    for table in answer["RouteTables"]:
        for each in table["Associations"]:
            yield f"{each.get('SubnetId')}|{table['RouteTableId']}"


def _asked(call: str, by: str, values: Sequence[str]) -> Any:
    ec2: Any = boto3.client("ec2")
    parameter = "Filter" if call == "describe_nat_gateways" else "Filters"  # AWS's own whim
    return getattr(ec2, call)(**{parameter: [{"Name": by, "Values": [*values]}]})


_LOOKS = {
    "AWS::EC2::EIP": _Look("describe_addresses", "public-ip", "Addresses", "PublicIp"),
    "AWS::EC2::InternetGateway": _Look(
        "describe_internet_gateways",
        "internet-gateway-id",
        "InternetGateways",
        "InternetGatewayId",
    ),
    "AWS::EC2::NatGateway": _Look(
        "describe_nat_gateways", "nat-gateway-id", "NatGateways", "NatGatewayId"
    ),
    "AWS::EC2::RouteTable": _Look(
        "describe_route_tables", "route-table-id", "RouteTables", "RouteTableId"
    ),
    "AWS::EC2::SecurityGroup": _Look(
        "describe_security_groups", "group-id", "SecurityGroups", "GroupId"
    ),
    "AWS::EC2::Subnet": _Look("describe_subnets", "subnet-id", "Subnets", "SubnetId"),
    "AWS::EC2::VPC": _Look("describe_vpcs", "vpc-id", "Vpcs", "VpcId"),
    "AWS::EC2::VPCEndpoint": _Look(
        "describe_vpc_endpoints", "vpc-endpoint-id", "VpcEndpoints", "VpcEndpointId"
    ),
}
_TIES = {
    "AWS::EC2::Route": ("RouteTableId",),
    "AWS::EC2::SubnetRouteTableAssociation": ("SubnetId", "RouteTableId"),
    "AWS::EC2::VPCGatewayAttachment": ("VpcId",),
}
"""The properties that say what a resource ties together."""
_TIED: Mapping[str, Callable[[Sequence[str]], Iterator[str]]] = {
    "AWS::EC2::Route": _leading_anywhere,
    "AWS::EC2::SubnetRouteTableAssociation": _associated,
    "AWS::EC2::VPCGatewayAttachment": _attached,
}
