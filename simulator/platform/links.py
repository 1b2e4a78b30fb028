"""The link from a site to WeChat's authorization page, checked as WeChat checks it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

import httpx

from .authorization import SCOPES

_STATE = re.compile("[a-zA-Z0-9]{1,128}")
_SHAPE = re.compile(
    "appid=[^&]*&redirect_uri=[^&/:?]*&response_type=code&scope=[^&]*&state=[^&]*"
    "(&forcePopup=(true|false))?(&.*)?"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What the visitor reads, and what the developer has to change. Not all have a number."""

    text: str
    advice: str
    errcode: int | None = None


UNREGISTERED = Problem(
    "redirect_uri 域名与后台配置不一致",
    "redirect_uri 的域名必须是公众平台里登记的网页授权域名；在模拟器里，就是后端自己的主机和端口。",
    10003,
)
NO_SUCH_SCOPE = Problem(
    "该公众号没有这个 scope 的权限", f"scope 只能是 {' 或 '.join(SCOPES)}。", 10005
)
TOO_OFTEN = Problem("操作过于频繁，请稍后再试", "故障开关 authorize-too-often 已打开。", 10009)
UNKNOWN_ACCOUNT = Problem("appid 参数错误", "appid 必须是这个公众号的 AppID。", 10012)
BAD_STATE = Problem("state 参数错误", "state 由 1 到 128 个字母或数字组成。", 10013)
OTHER_PROTOCOL = Problem(
    "redirect_uri 的协议与后台配置不一致",
    "redirect_uri 须与登记的网址同为 http 或同为 https。",
    10039,
)
MISSHAPEN = Problem(
    "该链接无法访问",
    "参数须依次为 appid、redirect_uri、response_type=code、scope、state，之后可以有"
    " forcePopup；redirect_uri 里的斜杠和冒号也要编码。",
)


class BadLink(Exception):
    """A link that leads to an error page."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Link:
    """Where the visitor returns to, and what they are asked to allow."""

    redirect_uri: str
    scope: str
    state: str

    @property
    def origin(self) -> str:
        """The origin of the site that the visitor returns to."""
        there = httpx.URL(self.redirect_uri)
        return f"{there.scheme}://{there.netloc.decode()}"

    def back(self, code: str) -> str:
        """The address back to the site, with the code if the visitor allowed it."""
        query = {"code": code, "state": self.state} if code else {"state": self.state}
        return str(httpx.URL(self.redirect_uri).copy_merge_params(query))


def read(query: str, app_id: str, backend: str) -> Link:
    """The link with that `query`, for the account whose site is at `backend`.

    Raises BadLink.
    """
    values = dict(parse_qsl(query, keep_blank_values=True))
    problem = _problem(values, app_id, backend)
    if problem is None and not _SHAPE.fullmatch(query):
        problem = MISSHAPEN
    if problem:
        raise BadLink(problem)
    return Link(values["redirect_uri"], values["scope"], values["state"])


def _problem(values: Mapping[str, str], app_id: str, backend: str) -> Problem | None:
    if values.get("appid") != app_id:
        return UNKNOWN_ACCOUNT
    if problem := _leads_elsewhere(values.get("redirect_uri", ""), backend):
        return problem
    if values.get("scope") not in SCOPES:
        return NO_SUCH_SCOPE
    if not _STATE.fullmatch(values.get("state", "")):
        return BAD_STATE
    return None


def _leads_elsewhere(redirect_uri: str, backend: str) -> Problem | None:
    try:
        wanted, registered = httpx.URL(redirect_uri), httpx.URL(backend)
    except httpx.InvalidURL:
        return UNREGISTERED
    if (wanted.netloc, wanted.userinfo) != (registered.netloc, b""):
        return UNREGISTERED
    return None if wanted.scheme == registered.scheme else OTHER_PROTOCOL
