"""Short pages that tell visitors what happened, when there is nothing else to show."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, TypeAlias

from .http import Cookie, Response, page

Mood: TypeAlias = Literal["is done", "tells", "warns"]


@dataclass(frozen=True, slots=True)
class Notice:
    """A title, a text, and the text of the link to the next page, if there is one."""

    title: str
    text: str
    link_text: str = ""
    mood: Mood = "warns"
    status: HTTPStatus = HTTPStatus.OK


def notice_page(notice: Notice, link: str = "", cookies: Sequence[Cookie] = ()) -> Response:
    """The page that shows `notice` and links to `link`."""
    return page("notice", notice.status, cookies=cookies, notice=notice, link=link)


# --- Web authorization ------------------------------------------------------------------------

BAD_LINK = Notice(
    "链接无效",
    "这个授权链接不完整或有误，请回到原来的页面重新进入。",
    "查看我的资料",
    status=HTTPStatus.BAD_REQUEST,
)
NOT_ASKED_FOR = Notice(
    "无法确认这次授权",
    "授权可能已过期，或者不是在这个浏览器里发起的。请重新开始。",
    "重新开始",
    status=HTTPStatus.FORBIDDEN,
)
REFUSED = Notice(
    "您没有授权",
    "没有您的同意，我们不会获取或保存您的微信资料。您可以随时重新授权。",
    "重新授权",
    "tells",
)
LESS = Notice(
    "没有拿到您的资料",
    "这个页面需要您的昵称和头像，微信只给了部分授权，我们没有保存任何资料。请重新授权，并选择允许。",
    "重新授权",
    "tells",
)
OVER = Notice("授权已过期", "这次授权已经用过或已过期，请重新授权。", "重新授权", "tells")
SNAPSHOT = Notice(
    "请使用完整服务",
    "您正以快照页模式浏览，微信没有提供您的真实身份，因此无法登录，我们也没有保存任何资料。"
    "请点击页面右下角的「使用完整服务」，然后重新授权。",
    "重新授权",
    "tells",
)
TOO_MANY = Notice(
    "请稍后再试",
    "刚才有多次授权没有成功，请过一分钟再重新授权。",
    "重新授权",
    status=HTTPStatus.TOO_MANY_REQUESTS,
)
WECHAT_DOWN = Notice(
    "暂时无法登录",
    "微信没有及时回应，您的资料没有任何改动。请稍后重试。",
    "重试",
    status=HTTPStatus.BAD_GATEWAY,
)

# --- The visitor's page -----------------------------------------------------------------------

STALE_FORM = Notice(
    "页面已失效",
    "登录状态已变化，没有执行任何操作。请刷新后重试。",
    "返回",
    status=HTTPStatus.FORBIDDEN,
)
SIGNED_OUT = Notice("已退出", "这个浏览器上的登录已失效。", "重新登录", "is done")
SIGNED_OUT_EVERYWHERE = Notice("已退出", "所有设备上的登录都已失效。", "重新登录", "is done")
FORGOTTEN = Notice("数据已删除", "昵称、头像、授权和绑定关系都已删除。", "重新登录", "is done")

# --- Binding ----------------------------------------------------------------------------------

TICKET_ENDED = Notice(
    "链接已失效",
    "绑定链接十分钟内有效，只能由一个人使用一次。请回到网站重新获取。",
    "查看我的资料",
    status=HTTPStatus.FORBIDDEN,
)
BOUND_ALREADY = Notice("已经绑定", "这个账号已经绑定到您的微信，无需再次操作。", "返回", "is done")
BOUND_ELSEWHERE = Notice(
    "无法绑定",
    "这个账号已绑定其他微信，或您的微信已绑定其他账号。请先解除原来的绑定，再重新获取链接。",
    "查看我的资料",
    status=HTTPStatus.CONFLICT,
)

# --- Failures ---------------------------------------------------------------------------------

DOWN = Notice("暂时无法访问", "服务暂时不可用，请稍后再试。", status=HTTPStatus.BAD_GATEWAY)
BROKEN = Notice(
    "暂时无法访问", "服务暂时不可用，请稍后再试。", status=HTTPStatus.INTERNAL_SERVER_ERROR
)
