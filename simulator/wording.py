"""What the chat shows, in words: the user's action, the answer, the fault text."""

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
from .english import REASONS
from .language import Language
from .outcome import Exchange, Outcome
from .platform.world import Template
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

_OPTIONAL = dict.fromkeys(("Content", "Event", "EventKey", "Label", "Title"), "")
"""Fields that a command may leave out."""


def done(push: Push, language: Language = Language.CHINESE) -> str:
    """What the user did: a text as typed, anything else as a description."""
    fields = {**_OPTIONAL, **push.fields}
    match fields["MsgType"]:
        case "text":
            return str(fields["Content"])
        case "event" if scene := _scene(fields):
            return language.says("扫描二维码“{scene}”关注了公众号", scene=scene)
        case "event":
            return language.says(_EVENTS.get(str(fields["Event"]), "事件 {Event}"), **fields)
        case kind:
            return language.says(_MESSAGES.get(str(kind), "[{MsgType}]"), **fields)


def _scene(fields: Fields) -> str:
    """The scene of the QR code by which the user follows the account, or empty."""
    _, scanned, scene = str(fields.get("EventKey", "")).partition("qrscene_")
    return scene if scanned and fields["Event"] == "subscribe" else ""


def silence(outcome: Outcome, language: Language) -> str:
    """What is shown when there is no answer to see."""
    if outcome.agent:
        return language.says("（由客服 {agent} 接待，没有推送给公众号）", agent=outcome.agent)
    return language.says("（用户已取消关注，看不到回复）" if outcome.unread else "（没有回复）")


def heading(number: int, exchange: Exchange, language: Language) -> str:
    """The result of a delivery in one line, with the reason if it failed."""
    says = language.says
    status = says("状态码 {status}", status=exchange.status) if exchange.status else says("无响应")
    took = says("{milliseconds} 毫秒", milliseconds=exchange.milliseconds)
    parts = [says("第 {number} 次推送", number=number), status, took, _reason(exchange, language)]
    return ("　" if language is Language.CHINESE else "  ").join(filter(None, parts))


def _reason(exchange: Exchange, language: Language) -> str:
    if exchange.failure is None or language is Language.CHINESE:
        return exchange.reason
    return REASONS[exchange.failure].format(url=exchange.url)


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


def answered(reply: Reply | Template, language: Language = Language.CHINESE) -> str:
    """What the user reads: a text as it is, anything else as a description."""
    match reply:
        case Text(content):
            return content
        case Template(_, data, _, word):
            lines = [f"{name}：{value}" for name, value in data.items()]
            return "\n".join([f"[{language.says(word)}]", *lines])
        case By(kf_account, message):
            return f"{kf_account}：{answered(message, language)}"
        case MsgMenu(head, items, tail):
            return "\n".join(filter(None, [head, *(item.content for item in items), tail]))
        case News(articles):
            mark = language.says("图文")
            return "\n".join(f"[{mark}] {article.title} {article.url}" for article in articles)
        case TransferCustomerService():
            return f"[{language.says('已转接人工客服')}]"
        case _:
            mark, name = _named(reply)
            return f"[{language.says(mark)}] {name}"


def _named(
    reply: Image | Voice | Video | Music | MpNews | MpNewsArticle | WxCard | MiniProgramPage,
) -> tuple[str, str]:
    """A word for the kind of the reply, and what tells it apart."""
    match reply:
        case Image(media_id):
            return "图片", media_id
        case Voice(media_id):
            return "语音", media_id
        case Video(media_id, title):
            return "视频", title or media_id
        case Music(_, title, _, music_url):
            return "音乐", title or music_url
        case MpNews(name) | MpNewsArticle(name):
            return "图文", name
        case WxCard(card_id):
            return "卡券", card_id
        case MiniProgramPage(title):
            return "小程序", title
