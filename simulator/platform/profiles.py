"""What a user allows WeChat to tell an account about them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile. Since 2021 sex and region are empty. Only some accounts get a unionid."""

    nickname: str = "小明"
    sex: int = 0
    province: str = ""
    city: str = ""
    country: str = ""
    headimgurl: str = ""  # empty, so that no picture is fetched from outside
    privilege: tuple[str, ...] = ()
    language: str = "zh_CN"
    unionid: str = ""


SNAPSHOT = Profile("微信用户")
"""What an account sees of a snapshot user."""
