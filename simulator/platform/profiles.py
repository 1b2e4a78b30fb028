"""Who a user is, as far as they allowed WeChat to tell an account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """Since 2021 sex and region are empty; a unionid only some accounts get to see."""

    nickname: str = "小明"
    sex: int = 0
    province: str = ""
    city: str = ""
    country: str = ""
    headimgurl: str = ""  # so that no picture is fetched from outside
    privilege: tuple[str, ...] = ()
    language: str = "zh_CN"
    unionid: str = ""


SNAPSHOT = Profile("微信用户")
"""What an account sees of a snapshot user."""
