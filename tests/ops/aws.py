"""`python -m tests.ops.aws`: `local.aws`, where CloudFormation knows the parts of a fixed exit.

And where the code of a function's version can be fetched, the lines of its log have ids, and a
change set has only what is made.

MiniStack's EC2 has elastic IPs and NAT gateways, but no stack can have any. Like AWS, it makes no
NAT gateway without the subnet and the address, lets nobody release an address that is in use, and
deletes no subnet that has a network interface. It refuses a template that refers to what is not in
it.

`PUT /kept/name` keeps what there is by a name; `POST` brings it back, instead of what there is. C
serves it and reads its templates and states, because much of the time of these tests is spent here.
"""

import os
import pickle
import re
import runpy
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import ministack.app as ministack  # type: ignore[import-untyped]
import uvicorn
import yaml
from ministack.services import ec2, lambda_svc  # type: ignore[import-untyped]
from ministack.services.cloudformation import engine, provisioners  # type: ignore[import-untyped]

from local.cloud import function_code, patches
from local.environment import HOST

Call: TypeAlias = Callable[..., Awaitable[Any]]
Made: TypeAlias = tuple[str, Mapping[str, str]]
"""What `Ref` gives of a resource, and `GetAtt`."""


def make_address(_: str, properties: Mapping[str, Any], __: str) -> Made:
    answer = ec2._allocate_address({"Domain": [properties["Domain"]]})  # noqa: SLF001
    address, allocation = _told(answer, "publicIp"), _told(answer, "allocationId")
    return address, {"PublicIp": address, "AllocationId": allocation}


def release_address(address: str, _: Mapping[str, Any]) -> None:
    allocations = {each["PublicIp"]: name for name, each in ec2._addresses.items()}  # noqa: SLF001
    gateways = ec2._nat_gateways.values()  # noqa: SLF001
    used = {each["AllocationId"] for each in gateways if each["State"] != "deleted"}
    if allocations.get(address) in used:
        raise ValueError(f"{address} is in use")
    ec2._release_address({"AllocationId": [allocations.get(address)]})  # noqa: SLF001


def make_gateway(_: str, properties: Mapping[str, Any], __: str) -> Made:
    subnet, allocation = properties["SubnetId"], properties["AllocationId"]
    if subnet not in ec2._subnets or allocation not in ec2._addresses:  # noqa: SLF001
        raise ValueError(f"{subnet} or {allocation} does not exist")
    wish = {"SubnetId": [subnet], "AllocationId": [allocation]}
    gateway = _told(ec2._create_nat_gateway(wish), "natGatewayId")  # noqa: SLF001
    return gateway, {"NatGatewayId": gateway}


def delete_gateway(gateway: str, _: Mapping[str, Any]) -> None:
    ec2._delete_nat_gateway({"NatGatewayId": [gateway]})  # noqa: SLF001


def delete_subnet(subnet: str, properties: Mapping[str, Any]) -> None:
    interfaces = ec2._network_interfaces.values()  # noqa: SLF001
    if subnet in {each["SubnetId"] for each in interfaces}:
        raise ValueError(f"The subnet '{subnet}' has dependencies and cannot be deleted.")
    forget_subnet(subnet, properties)


def _told(answer: tuple[int, Any, bytes], name: str) -> str:
    found = re.search(f"<{name}>(.*?)</{name}>", answer[2].decode())
    assert found, answer
    return found[1]


check = engine._validate_template_statics  # noqa: SLF001


def refuse_what_refers_to_nothing(template: Mapping[str, Any]) -> None:
    check(template)
    names = {*template["Resources"], *template.get("Parameters", ())}
    used = {name for name, _ in engine._intrinsic_references(template["Resources"])}  # noqa: SLF001
    if missing := sorted(each for each in used - names if not each.startswith("AWS::")):
        unresolved = f"Unresolved resource dependencies [{', '.join(missing)}]"
        raise ValueError(f"Template format error: {unresolved} in the Resources block")


class Loader(yaml.CSafeLoader):
    """MiniStack's loader of templates."""

    yaml_constructors = engine.CfnLoader.yaml_constructors
    yaml_implicit_resolvers = engine.CfnLoader.yaml_implicit_resolvers
    yaml_multi_constructors = engine.CfnLoader.yaml_multi_constructors


def serve() -> None:
    uvicorn.run(
        ministack.app,
        host=HOST,
        port=int(os.environ["GATEWAY_PORT"]),
        http="httptools",
        log_level="warning",
        date_header=False,  # MiniStack has its own
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
    )


def with_kept_states(application: Call) -> Call:
    kept: dict[str, bytes] = {}

    async def answer(scope: dict[str, Any], receive: Call, send: Call) -> None:
        folder, _, name = scope.get("path", "").rpartition("/")
        if folder != "/kept":
            await application(scope, receive, send)
            return
        if scope["method"] == "PUT":
            kept[name] = pickle.dumps(present())
        else:
            bring_back(pickle.loads(kept[name]))  # noqa: S301 - our own
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return answer


def present() -> dict[str, Any]:
    """The state of each service, as MiniStack would save it."""
    return {
        key: state()
        for key, state in ministack._build_persistence_save_dict().items()  # noqa: SLF001
    }


def bring_back(states: Mapping[str, Any]) -> None:
    ministack._reset_all_state()  # noqa: SLF001
    for key, state in states.items():
        module = ministack._get_module(ministack._state_map[key])  # noqa: SLF001
        module.load_persisted_state(state)


forget_subnet = provisioners._RESOURCE_HANDLERS["AWS::EC2::Subnet"]["delete"]  # noqa: SLF001


if __name__ == "__main__":
    engine._validate_template_statics = refuse_what_refers_to_nothing  # noqa: SLF001
    engine.CfnLoader = Loader
    provisioners._RESOURCE_HANDLERS |= {  # noqa: SLF001
        "AWS::EC2::EIP": {"create": make_address, "delete": release_address},
        "AWS::EC2::NatGateway": {"create": make_gateway, "delete": delete_gateway},
    }
    provisioners._RESOURCE_HANDLERS["AWS::EC2::Subnet"]["delete"] = delete_subnet  # noqa: SLF001
    function_code.serve()
    patches.number_log_lines()
    patches.find_any_of_several_texts()
    patches.plan_what_conditions_let()
    # Its alarms about one function count the errors of all.
    lambda_svc._emit_lambda_metrics = lambda *_, **__: None  # noqa: SLF001
    lambda_svc._prune_orphan_code_blobs = lambda _: None  # noqa: SLF001 - states share them
    lambda_svc._LAMBDA_STATE_TRANSITION_DELAY = 0  # noqa: SLF001 - a change is done at once
    ministack.app, ministack.main = with_kept_states(ministack.app), serve
    runpy.run_module("local.aws", run_name="__main__")
