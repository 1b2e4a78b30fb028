"""How long, and how often, a push may be answered by customer service messages.

https://developers.weixin.qq.com/doc/service/api/customer/message/api_sendcustommessage.html
"""

from enum import Enum


class ReplyWindow(Enum):
    """For how many seconds, and with how many customer service messages, a push may be answered."""

    MESSAGE = (48 * 3600, 5)
    TAP = (60, 3)

    def __init__(self, seconds: int, messages: int) -> None:
        self.seconds = seconds
        self.messages = messages
