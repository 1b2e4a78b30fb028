"""What a stage is told by its environment; only this file reads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from .wechat.envelopes import Mode

E = TypeVar("E", bound=Enum)

AT_ONCE = range(2, 1001)
"""How many jobs AWS lets a queue have under way at the most."""


class ConfigError(Exception):
    """An environment variable that means nothing; the message says what to write."""


class LateAnswers(Enum):
    """How an answer travels that comes after WeChat stopped waiting for it."""

    CUSTOMER_SERVICE = "customer_service"
    PASSIVE = "passive"


@dataclass(frozen=True, slots=True)
class Config:
    """One stage, hence one account; `lambda_handler` is empty unless this runs on Lambda.

    `public_url` is where the site is, if the gateway does not know it; `return_urls` are those
    of other sites to which a visitor may be sent back.
    """

    stage: str
    mode: Mode
    late_answers: LateAnswers
    parameter_path: str
    profiles_table: str
    state_table: str
    jobs_queue: str
    jobs_at_once: int
    public_url: str
    return_urls: tuple[str, ...]
    wechat_api_url: str
    wechat_open_url: str
    lambda_handler: str


def read(environment: Mapping[str, str]) -> Config:
    """The configuration in `environment` (`.chalice/config.json` sets it). Raises ConfigError."""
    stage = environment.get("STAGE", "dev")
    return Config(
        stage=stage,
        mode=_choice(Mode, environment, "WECHAT_MODE", Mode.SAFE),
        late_answers=_choice(
            LateAnswers, environment, "LATE_ANSWERS", LateAnswers.CUSTOMER_SERVICE
        ),
        parameter_path=environment.get("PARAMETER_PATH", f"/wechalice/{stage}"),
        profiles_table=environment.get("PROFILES_TABLE", f"wechalice-{stage}-profiles"),
        state_table=environment.get("STATE_TABLE", f"wechalice-{stage}-state"),
        jobs_queue=environment.get("JOBS_QUEUE", f"wechalice-{stage}-jobs.fifo"),
        jobs_at_once=_number(environment, "JOBS_AT_ONCE", 5),
        public_url=environment.get("PUBLIC_URL", "").rstrip("/"),
        return_urls=tuple(environment.get("RETURN_URLS", "").split()),
        wechat_api_url=environment.get("WECHAT_API_URL", "https://api.weixin.qq.com"),
        wechat_open_url=environment.get("WECHAT_OPEN_URL", "https://open.weixin.qq.com"),
        lambda_handler=environment.get("_HANDLER", ""),
    )


def _choice(choices: type[E], environment: Mapping[str, str], name: str, default: E) -> E:
    value = environment.get(name, default.value)
    try:
        return choices(value)
    except ValueError:
        known = ", ".join(choice.value for choice in choices)
        raise ConfigError(f"{name} is {value!r}; write one of: {known}") from None


def _number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) not in AT_ONCE:
        raise ConfigError(f"{name} is {value!r}; write a number from {AT_ONCE[0]} to {AT_ONCE[-1]}")
    return int(value)
