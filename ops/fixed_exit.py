"""The address from which a stage calls WeChat, which has to be on WeChat's IP whitelist.

Lambda's own addresses change. Without a fixed exit, calls fail with 40164 sooner or later: nobody
can sign in, and no slow answer is sent. Either the functions that call WeChat run in a VPC behind
a NAT gateway with an elastic IP, or their calls go through a proxy with a fixed address. Stages may
share the VPC of one of them.
"""

from itertools import product
from urllib.parse import urlsplit

from . import stack
from .errors import Failed
from .region import region
from .target import AT_EXIT, WORKER, Target, read_config, write_config

NONE = "none"
VPC = "vpc"
SHARED = "shared:"
PROXY = "proxy:"

OWNER = "fixed_exit_of"
"""Of a stage in .chalice/config.json: the stage whose VPC it shares."""

WECHAT = "https://api.weixin.qq.com"

PRICE = (
    "NAT gateway 0.045 USD an hour × 730 hours = 33 USD, public address 0.005 × 730 = 4 USD: "
    "about 37 USD a month in us-east-1, a third more in some regions, and 0.045 USD for each GB"
)


def way(target: Target) -> str:
    """The fixed exit of the stage: `vpc`, `shared:STAGE`, `proxy:URL` or `none`."""
    if is_in_vpc(target):
        stage = owner(target).stage
        return VPC if stage == target.stage else f"{SHARED}{stage}"
    described = target.environment.get("WECHAT_API_URL", WECHAT).rstrip("/")
    return NONE if described == WECHAT else f"{PROXY}{described}"


def is_in_vpc(target: Target) -> bool:
    """Whether what calls WeChat is configured to run in a VPC, its own or a shared one."""
    return bool(target.function_setting(WORKER, "subnet_ids"))


def is_proxied(target: Target) -> bool:
    """Whether it calls WeChat through a proxy, which a stand-in on this machine is not."""
    return urlsplit(way(target).removeprefix(PROXY)).scheme == "https"


def owner(target: Target) -> Target:
    """The stage whose VPC it uses, if it uses any; most often itself."""
    return Target(target.stage_config.get(OWNER, target.stage), target.project)


def sharing(target: Target) -> list[str]:
    """The other stages that use the stage's VPC in this region."""
    stages = target.config["stages"]
    others = [name for name, described in stages.items() if described.get(OWNER) == target.stage]
    return [name for name in others if stack.status(Target(name, target.project).stack)]


def checked(way: str) -> str:
    """`way` if it is one of these. Raises ValueError, which says how to write it."""
    if way in (VPC, NONE) or way.removeprefix(SHARED) not in (way, ""):
        return way
    url = urlsplit(way.removeprefix(PROXY))
    local = url.hostname in ("127.0.0.1", "localhost")
    if way.startswith(PROXY) and url.hostname and (url.scheme == "https" or local):
        return way.rstrip("/")
    raise ValueError("write vpc, shared:STAGE, proxy:https://HOST/PATH or none")


def network(stage: Target) -> tuple[list[str], str]:
    """Subnets and security group of a stage's own VPC. Raises Failed if it has none."""
    outputs = stack.outputs(stage.exit_stack)
    try:
        return outputs["SubnetIds"].split(","), outputs["SecurityGroupId"]
    except KeyError:
        raise Failed(
            f"{stage.stage} has no fixed exit of its own in {region()}. This makes it: "
            f"python -m ops up --stage {stage.stage} --fixed-exit vpc"
        ) from None


def use_vpc(target: Target, of: Target) -> None:
    """Configures what calls WeChat, and no other function, to run in the VPC of a stage."""
    subnets, group = network(of)
    config = read_config(target.config_file)
    described = config["stages"][target.stage]
    functions = described.setdefault("lambda_functions", {})
    for function in AT_EXIT:
        functions.setdefault(function, {}).update(subnet_ids=subnets, security_group_ids=[group])
    described.pop(OWNER, None)
    if of != target:
        described[OWNER] = of.stage
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


def leave_proxy(target: Target) -> None:
    """Configures the stage to call WeChat itself, unless it calls a stand-in on this machine."""
    if is_proxied(target):
        use_proxy(target, WECHAT)


def leave_vpc(target: Target) -> None:
    """Configures what calls WeChat to run outside a VPC."""
    config = read_config(target.config_file)
    described = config["stages"][target.stage]
    for function, name in product(AT_EXIT, ("subnet_ids", "security_group_ids")):
        described.get("lambda_functions", {}).get(function, {}).pop(name, None)
    described.pop(OWNER, None)
    write_config(target.config_file, config)


def address(target: Target) -> str | None:
    """The elastic IP of that VPC; None if the stage has no such VPC."""
    return stack.outputs(owner(target).exit_stack).get("Address")
