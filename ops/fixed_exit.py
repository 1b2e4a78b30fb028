"""The address from which a stage calls WeChat, which has to be on WeChat's IP whitelist.

Lambda's own addresses change. Without a fixed exit, calls fail with 40164 sooner or later: nobody
can sign in, and no slow answer is sent. Either the functions that call WeChat run in a VPC behind
a NAT gateway with an elastic IP, or their calls go through a proxy with a fixed address.
"""

from itertools import product
from urllib.parse import urlsplit

from . import stack
from .errors import Failed
from .target import AT_EXIT, WORKER, Target, read_config, write_config

NONE = "none"
VPC = "vpc"
PROXY = "proxy:"

WECHAT = "https://api.weixin.qq.com"

PRICE = (
    "NAT gateway 0.045 USD an hour × 730 hours = 33 USD, public address 0.005 × 730 = 4 USD: "
    "about 37 USD a month in us-east-1, a third more in some regions, and 0.045 USD for each GB"
)


def way(target: Target) -> str:
    """The fixed exit of the stage: `vpc`, `proxy:URL` or `none`."""
    if target.function_setting(WORKER, "subnet_ids"):
        return VPC
    described = target.environment.get("WECHAT_API_URL", WECHAT).rstrip("/")
    return NONE if described == WECHAT else f"{PROXY}{described}"


def checked(way: str) -> str:
    """`way` if it is one of these. Raises ValueError, which says how to write it."""
    if way in (VPC, NONE):
        return way
    url = urlsplit(way.removeprefix(PROXY))
    local = url.hostname in ("127.0.0.1", "localhost")
    if way.startswith(PROXY) and url.hostname and (url.scheme == "https" or local):
        return way.rstrip("/")
    raise ValueError("write vpc, proxy:https://HOST/PATH or none")


def use_vpc(target: Target) -> None:
    """Configures what calls WeChat, and no other function, to run in the VPC of the exit."""
    outputs = stack.outputs(target.exit_stack)
    try:
        subnets, group = outputs["SubnetIds"].split(","), outputs["SecurityGroupId"]
    except KeyError:
        raise Failed(f"The stack {target.exit_stack} has no outputs for its subnets.") from None
    config = read_config(target.config_file)
    described = config["stages"][target.stage]
    functions = described.setdefault("lambda_functions", {})
    for function in AT_EXIT:
        functions.setdefault(function, {}).update(subnet_ids=subnets, security_group_ids=[group])
    if way(target).startswith(PROXY):
        described.setdefault("environment_variables", {})["WECHAT_API_URL"] = WECHAT
    write_config(target.config_file, config)


def use_proxy(target: Target, url: str) -> None:
    """Configures the stage to call WeChat's API at `url`, and not from a VPC."""
    leave_vpc(target)
    config = read_config(target.config_file)
    described = config["stages"][target.stage]
    described.setdefault("environment_variables", {})["WECHAT_API_URL"] = url
    write_config(target.config_file, config)


def leave_vpc(target: Target) -> None:
    """Configures what calls WeChat to run outside a VPC."""
    config = read_config(target.config_file)
    described = config["stages"][target.stage]
    for function, name in product(AT_EXIT, ("subnet_ids", "security_group_ids")):
        described.get("lambda_functions", {}).get(function, {}).pop(name, None)
    write_config(target.config_file, config)


def address(target: Target) -> str | None:
    """The elastic IP of that VPC; None if the stage has no such VPC."""
    return stack.outputs(target.exit_stack).get("Address")
