"""The outcome of a push: what the user sees, and everything that was sent and received."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from chalicelib.wechat.replies import Reply


class Failure(Enum):
    """Why a delivery failed. The value is the reason in words.

    `{url}` in it stands for the address of the backend.
    """

    TOO_LATE = "超时未响应，微信已断开连接"
    NOT_THERE = "无法连接后端 {url}，请启动 `make run`；如已启动，请查看它的终端有没有报错"
    CUT = "连接中途断开"
    BAD_STATUS = "状态码不是 200"
    NOT_A_REPLY = "既不是 success 或空串，也不是 XML"
    NOT_ENCRYPTED = "安全模式下的回复必须加密"
    BAD_SIGNATURE = "回复的 MsgSignature 不正确"
    UNDECRYPTABLE = "回复无法解密"
    NOT_ADDRESSED = "回复的 ToUserName 或 FromUserName 不正确"
    BAD_CREATE_TIME = "回复的 CreateTime 不是整数秒"
    UNKNOWN_KIND = "回复的 MsgType 不是被动回复的七种之一"
    INCOMPLETE = "回复缺少必填字段"
    TOO_LONG = "文本超过 2048 字节"

    @property
    def delivered_again(self) -> bool:
        """Whether WeChat delivers again. After a bad reply it does not."""
        return self in (Failure.TOO_LATE, Failure.NOT_THERE, Failure.CUT, Failure.BAD_STATUS)


class BadReply(Exception):
    """A reply that WeChat does not accept."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Exchange:
    """One delivery. A part that never came is empty, a status that never came is None.

    `sent_xml` and `reply_xml` are decrypted, `sent_body` and `response_body` are not. `at` is when
    the delivery began, in epoch seconds.
    """

    url: str
    query: Mapping[str, str]
    sent_body: str
    sent_xml: str
    milliseconds: int
    at: float = 0.0
    status: int | None = None
    response_body: str = ""
    reply_xml: str = ""
    reply: Reply | None = None
    failure: Failure | None = None

    @property
    def reason(self) -> str:
        """The failure in words, or empty."""
        return self.failure.value.format(url=self.url) if self.failure else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All deliveries of one push. `unread` says that the user has unfollowed and sees no answer.

    There are none if it went to an `agent` of customer service instead.
    """

    exchanges: tuple[Exchange, ...]
    unread: bool = False
    agent: str = ""

    @property
    def failed(self) -> bool:
        """Whether WeChat got no answer that it accepts. An empty answer is accepted."""
        return bool(self.exchanges) and self.exchanges[-1].failure is not None

    @property
    def fault(self) -> bool:
        """Whether the user sees the fault text."""
        return self.failed and not self.unread

    @property
    def reply(self) -> Reply | None:
        """The answer the user sees."""
        return None if self.unread or not self.exchanges else self.exchanges[-1].reply
