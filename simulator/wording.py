"""What the chat shows, in words: the user's action, the answer, the fault text."""

from collections import defaultdict
from collections.abc import Mapping

from chalicelib.wechat.replies import (
    By,
    Image,
    MiniProgramPage,
    MpNews,
    MpNewsArticle,
    MsgMenu,
    Music,
    News,
    Reply,
    Text,
    TransferCustomerService,
    Video,
    Voice,
    WxCard,
)

from . import xml
from .outcome import Exchange, Outcome
from .pushes import Push
from .xml import Fields

FAULT = "该公众号提供的服务出现故障，请稍后再试"

_MESSAGES: Mapping[str, str] = {
    "image": "[图片]",
    "voice": "[语音]",
    "video": "[视频]",
    "shortvideo": "[小视频]",
    "location": "[位置] {Label}",
    "link": "[链接] {Title}",
    "file": "[文件] {Title}",
}
_EVENTS: Mapping[str, str] = {
    "subscribe": "关注了公众号",
    "unsubscribe": "取消关注了公众号",
    "SCAN": "扫描了二维码“{EventKey}”",
    "CLICK": "点击菜单 {EventKey}",
    "VIEW": "打开菜单链接 {EventKey}",
}


def done(push: Push) -> str:
    """What the user did: a text as typed, anything else as a description."""
    fields = defaultdict(str, push.fields)  # a command may leave some out
    match fields["MsgType"]:
        case "text":
            return str(fields["Content"])
        case "event" if scene := _scene(fields):
            return f"扫描二维码“{scene}”关注了公众号"
        case "event":
            return _EVENTS.get(str(fields["Event"]), "事件 {Event}").format_map(fields)
        case kind:
            return _MESSAGES.get(str(kind), "[{MsgType}]").format_map(fields)


def _scene(fields: Fields) -> str:
    """The scene of the QR code by which the user follows the account, or empty."""
    _, scanned, scene = str(fields.get("EventKey", "")).partition("qrscene_")
    return scene if scanned and fields["Event"] == "subscribe" else ""


def silence(outcome: Outcome) -> str:
    """What is shown when there is no answer to see."""
    return "用户已取消关注，看不到回复" if outcome.unread else "没有回复"


def heading(number: int, exchange: Exchange) -> str:
    """The result of a delivery in one line."""
    status = "无响应" if exchange.status is None else f"状态码 {exchange.status}"
    return f"第 {number} 次推送　{status}　{exchange.milliseconds} 毫秒"


def documents(exchange: Exchange) -> list[tuple[str, str]]:
    """Everything that was sent and received, encrypted and decrypted, each with a title."""
    sealed = exchange.sent_body != exchange.sent_xml
    reply_sealed = exchange.reply_xml and exchange.reply_xml != exchange.response_body
    shown = [
        ("推送（明文）" if sealed else "推送", exchange.sent_xml),
        ("推送（密文）", exchange.sent_body if sealed else ""),
        ("回复（明文）" if reply_sealed else "回复", exchange.reply_xml),
        ("回复（密文）", exchange.response_body if reply_sealed else ""),
        ("响应", "" if exchange.reply_xml else exchange.response_body),
    ]
    return [(title, xml.in_lines(text)) for title, text in shown if text]


def answered(reply: Reply) -> str:
    """What the user reads: a text as it is, anything else as a description."""
    match reply:
        case Text(content):
            return content
        case Image(media_id) | Voice(media_id):
            return f"[{'图片' if isinstance(reply, Image) else '语音'}] {media_id}"
        case Video(media_id, title):
            return f"[视频] {title or media_id}"
        case Music(_, title, _, music_url):
            return f"[音乐] {title or music_url}"
        case News(articles):
            return "\n".join(f"[图文] {article.title} {article.url}" for article in articles)
        case TransferCustomerService():
            return "[已转接人工客服]"
        case By(kf_account, message):
            return f"{kf_account}：{answered(message)}"
        case _:
            return _sent_late(reply)


def _sent_late(reply: MpNews | MpNewsArticle | MsgMenu | WxCard | MiniProgramPage) -> str:
    match reply:
        case MpNews(name) | MpNewsArticle(name):
            return f"[图文] {name}"
        case MsgMenu(head, items, tail):
            return "\n".join(filter(None, [head, *(item.content for item in items), tail]))
        case WxCard(card_id):
            return f"[卡券] {card_id}"
        case MiniProgramPage(title):
            return f"[小程序] {title}"
