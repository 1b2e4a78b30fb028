"""Reads the configuration of a stage from its environment; no other file does."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from .wechat.envelopes import Mode

E = TypeVar("E", bound=Enum)

AT_ONCE = range(2, 1001)
"""How many jobs at once AWS allows a queue."""


class ConfigError(Exception):
    """An environment variable has a wrong value; the message says what to write."""


class LateAnswers(Enum):
    """How an answer travels after WeChat has stopped waiting for it."""

    CUSTOMER_SERVICE = "customer_service"
    PASSIVE = "passive"


@dataclass(frozen=True, slots=True)
class Config:
    """One stage, which is one account; `lambda_handler` is empty unless this runs on Lambda.

    `public_url` is the site's address, if the gateway does not know it. `return_urls` are the
    addresses on other sites where visitors may be sent back to.
    """

    stage: str
    mode: Mode
    late_answers: LateAnswers
    parameter_path: str
    profiles_table: str
    state_table: str
    jobs_queue: str
    jobs_at_once: int
    long_queue: str
    long_at_once: int
    public_url: str
    return_urls: tuple[str, ...]
    wechat_api_url: str
    wechat_open_url: str
    wechat_caller: str
    lambda_handler: str


def defaults(stage: str) -> dict[str, str]:
    """Each variable of a stage and its default."""
    return {
        "STAGE": stage,
        "WECHAT_MODE": Mode.SAFE.value,
        "LATE_ANSWERS": LateAnswers.CUSTOMER_SERVICE.value,
        "PARAMETER_PATH": f"/wechalice/{stage}",
        "PROFILES_TABLE": f"wechalice-{stage}-profiles",
        "STATE_TABLE": f"wechalice-{stage}-state",
        "JOBS_QUEUE": f"wechalice-{stage}-jobs.fifo",
        "JOBS_AT_ONCE": "5",
        "LONG_QUEUE": f"wechalice-{stage}-long.fifo",
        "LONG_AT_ONCE": "3",
        "WECHAT_API_URL": "https://api.weixin.qq.com",
        "WECHAT_OPEN_URL": "https://open.weixin.qq.com",
    }


def read(environment: Mapping[str, str]) -> Config:
    """The configuration in `environment`, from `.chalice/config.json`. Raises ConfigError."""
    values = {**defaults(environment.get("STAGE", "dev")), **environment}
    return Config(
        stage=values["STAGE"],
        mode=_choice(Mode, values, "WECHAT_MODE"),
        late_answers=_choice(LateAnswers, values, "LATE_ANSWERS"),
        parameter_path=values["PARAMETER_PATH"],
        profiles_table=values["PROFILES_TABLE"],
        state_table=values["STATE_TABLE"],
        jobs_queue=values["JOBS_QUEUE"],
        jobs_at_once=_number(values, "JOBS_AT_ONCE"),
        long_queue=values["LONG_QUEUE"],
        long_at_once=_number(values, "LONG_AT_ONCE"),
        public_url=values.get("PUBLIC_URL", "").rstrip("/"),
        return_urls=tuple(values.get("RETURN_URLS", "").split()),
        wechat_api_url=values["WECHAT_API_URL"],
        wechat_open_url=values["WECHAT_OPEN_URL"],
        wechat_caller=f"wechalice-{values['STAGE']}-wechat_caller",
        lambda_handler=values.get("_HANDLER", ""),
    )


def _choice(choices: type[E], values: Mapping[str, str], name: str) -> E:
    try:
        return choices(values[name])
    except ValueError:
        known = ", ".join(choice.value for choice in choices)
        raise ConfigError(f"{name} is {values[name]!r}; write one of: {known}") from None


def _number(values: Mapping[str, str], name: str) -> int:
    value = values[name]
    if not value.isascii() or not value.isdigit() or int(value) not in AT_ONCE:
        raise ConfigError(f"{name} is {value!r}; write a number from {AT_ONCE[0]} to {AT_ONCE[-1]}")
    return int(value)
