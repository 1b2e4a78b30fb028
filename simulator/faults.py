"""The faults between WeChat and a backend that can be switched on.

Tests turn them on in `Faults`, people by a command or on the page. An explanation says what
happens while the fault is on. `{}` in it stands for the amount.
"""

from collections.abc import Callable
from dataclasses import dataclass


class BadAmount(ValueError):
    """An amount that the fault does not take. The message says which it takes."""


@dataclass(frozen=True, slots=True)
class Amount:
    """The size of a fault, in seconds or as a count, from `least` to `most`."""

    default: float
    most: float
    unit: str
    least: float = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch, with an `amount` if the fault has a size."""

    name: str
    explanation: str
    amount: Amount | None = None


API_UNAUTHORIZED = Fault(
    "api-unauthorized", "账号没有客服消息接口的权限（未认证）：发客服消息返回 48001"
)
IP_NOT_WHITELISTED = Fault(
    "ip-not-whitelisted", "后端的出口 IP 不在 API IP白名单里：调用微信接口返回 40164，并指出该 IP"
)
QUOTA_EXHAUSTED = Fault("quota-exhausted", "接口的每日调用次数已用完：返回 45009")
WINDOW_CLOSED = Fault("window-closed", "已过可以回复用户的时限：发客服消息返回 45015")
SYSTEM_BUSY = Fault("system-busy", "微信系统繁忙：所有接口返回 -1")
TOKEN_EXPIRED = Fault("token-expired", "access_token 用过一次就过期：再用返回 42001")
SECRET_ROTATED = Fault(
    "secret-rotated", "微信开发者平台已重置 AppSecret，后端还没换：取 access_token 返回 40125"
)
API_LATENCY = Fault("api-latency", "所有接口都慢 {} 秒", Amount(3, most=60, unit="秒"))
API_CUT_BEFORE = Fault(
    "api-cut-before", "发客服消息或用 code 换取网页授权时连接中断，微信没有收下请求"
)
API_CUT_AFTER = Fault(
    "api-cut-after", "发客服消息或用 code 换取网页授权时连接中断，但微信已经收下请求"
)
AUTHORIZE_TOO_OFTEN = Fault("authorize-too-often", "网页授权过于频繁：授权页报错 10009")
RESPONSES_LOST = Fault(
    "responses-lost",
    "每条推送的前 {} 次，后端的响应在途中丢失",
    Amount(1, most=4, unit="次", least=1),
)
NETWORK_LATENCY = Fault(
    "network-latency", "推送和响应在路上各慢 {} 秒", Amount(1, most=10, unit="秒")
)
FOURTH_DELIVERY = Fault("fourth-delivery", "没有响应的推送共推送 4 次，而不是 3 次")
CLOCK_SKEW = Fault(
    "clock-skew",
    "微信的时钟快了 {} 秒：超过 300 秒，推送就会被拒绝",
    Amount(600, most=86400, unit="秒"),
)
WORKER_KILLED = Fault(
    "worker-killed", "worker 进程被终止，不再启动：关闭这个开关后才有慢回复（仅 make run）"
)
QUEUE_DOWN = Fault(
    "queue-down", "无法连接队列（SQS）：交不出任务的推送只能等微信重新推送（仅 make run）"
)

FAULTS = (
    API_UNAUTHORIZED,
    IP_NOT_WHITELISTED,
    QUOTA_EXHAUSTED,
    WINDOW_CLOSED,
    SYSTEM_BUSY,
    TOKEN_EXPIRED,
    SECRET_ROTATED,
    API_LATENCY,
    API_CUT_BEFORE,
    API_CUT_AFTER,
    AUTHORIZE_TOO_OFTEN,
    RESPONSES_LOST,
    NETWORK_LATENCY,
    FOURTH_DELIVERY,
    CLOCK_SKEW,
    WORKER_KILLED,
    QUEUE_DOWN,
)
NAMED = {fault.name: fault for fault in FAULTS}


class Faults:
    """The faults that are on, and their amounts."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[], None]] = []
        self._on: dict[Fault, float] = {}

    def turn_on(self, fault: Fault, amount: float | None = None) -> None:
        """Turns the fault on, or changes its amount. Raises BadAmount."""
        self._on[fault] = _checked(fault, amount)
        self._tell()

    def turn_off(self, fault: Fault) -> None:
        self._on.pop(fault, None)
        self._tell()

    def is_on(self, fault: Fault) -> bool:
        return fault in self._on

    def amount(self, fault: Fault) -> float:
        """Its amount, or 0 when it is off."""
        return self._on.get(fault, 0)

    def _tell(self) -> None:
        for listener in self.listeners:
            listener()


def explained(fault: Fault, amount: float) -> str:
    """What happens while it is on. An amount of 0 stands for the usual one."""
    return fault.explanation.format(f"{amount or _usual(fault):g}")


def _usual(fault: Fault) -> float:
    return fault.amount.default if fault.amount else 0


def _checked(fault: Fault, amount: float | None) -> float:
    if amount is None:
        return _usual(fault)
    if fault.amount is None:
        raise BadAmount(f"the fault {fault.name} takes no amount")
    if not fault.amount.least <= amount <= fault.amount.most:
        least, most = fault.amount.least, fault.amount.most
        raise BadAmount(f"the fault {fault.name} takes {least:g} to {most:g}")
    return amount
