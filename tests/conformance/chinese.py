"""The tables of docs/conformance.md in Chinese, made of the English ones."""

import re

from conformance import checks  # noqa: F401 - registers them
from conformance.check import CHECKS

SENTENCES = {
    "verification-refuses-no-signature": "验证请求不带签名参数，会被拒绝，且不返回错误状态码。",
    "verification-is-not-a-page": "内容是标记的 echostr，不会作为 HTML 返回。",
    "verification-refuses-a-parameter-twice": "验证请求里签名出现两次，不论哪个正确都拒绝。",
    "text-end-of-cdata": "含有 CDATA 结束符的文本，原样发回。",
    "text-control-characters": "含有 XML 不允许的字符的文本，带不带这些字符都能发回。",
    "text-of-spaces-is-taken": "全是空格的文本和空文本，都能接受。",
    "text-very-long-is-taken": "20 000 字节的文本能接受，虽然没人能原样发回。",
    "a-handler-that-fails-is-no-error": "处理函数抛出异常，推送照样得到响应，且不返回错误状态码。",
    "a-long-answer-is-not-lost": "超过 2048 字节的回答，不会变成微信拒收的回复。",
    "a-wrong-signature-is-refused": "签名错误的推送被拒绝。",
    "no-signature-is-refused": "没有签名或签名为空的推送被拒绝，且不返回错误状态码。",
    "no-query-at-all-is-refused": "不带任何参数的 POST 被拒绝，且不返回错误状态码。",
    "a-signature-that-is-no-ascii-is-refused": (
        "签名含有非 ASCII 字符，被拒绝，且不返回错误状态码。"
    ),
    "a-signature-of-another-push-is-refused": "一条推送的签名，不能用于另一条。",
    "a-signature-given-twice-is-refused": "参数里签名出现两次的推送被拒绝。",
    "the-plain-signature-says-nothing-of-a-body": (
        "消息体加密时，一条推送的消息体配上另一条的参数，被拒绝。"
    ),
    "a-push-of-yesterday-is-refused": "时间戳是昨天的推送被拒绝，尽管签名正确。",
    "a-push-of-tomorrow-is-refused": "时间戳是明天的推送被拒绝。",
    "a-timestamp-that-is-no-number-is-refused": (
        "时间戳不是数字，不论怎样签名都被拒绝，且不返回错误状态码。"
    ),
    "another-app-id-is-refused": "为另一个 AppID 加密的推送被拒绝，哪怕开头相同。",
    "a-body-that-is-no-xml-is-refused": (
        "消息体为空、是文本、是 JSON 或只有半个文档，被拒绝，且不返回错误状态码。"
    ),
    "another-root-is-refused": "没有推送应有元素的文档被拒绝，且不返回错误状态码。",
    "what-is-no-base64-is-refused": "签名正确，但 Encrypt 不是 base64 或不是整块，被拒绝。",
    "a-changed-byte-is-refused": "密文改动任何一个字节，推送都被拒绝。",
    "wrong-padding-is-refused": "填充不是 32 字节分块的 PKCS#7，被拒绝，且不返回错误状态码。",
    "a-wrong-length-is-refused": "内部长度与实际不符的推送被拒绝。",
    "a-bomb-does-not-go-off": "几个字节展开成数十亿的文档，在微信等待时间的一半之内拒绝。",
    "a-file-is-not-read": "外部实体既不读取，也不回复。",
    "a-huge-body-is-refused": "两兆字节的消息体，在微信等待时间的一半之内拒绝。",
    "any-content-type-is-taken": "不论 Content-Type 是什么，推送都能读取。",
    "plaintext-is-refused-in-safe-mode": "安全模式的账号拒绝明文推送，不论参数签得多正确。",
    "encrypt-type-cannot-choose": "安全模式下，写着 encrypt_type=raw、消息体为明文的推送被拒绝。",
    "a-redelivery-gets-the-same-answer": "重新推送，得到第一次的回复。",
    "a-redelivery-has-no-second-effect": "重新推送，不会再次运行处理函数。",
    "two-deliveries-at-once-have-one-effect": "同一推送同时到达两次，处理函数只运行一次。",
    "while-the-first-runs-the-second-waits": (
        "处理函数比微信等得久，用户也绝不会看到「该公众号提供的服务出现故障」。"
    ),
}
"""What at least one backend fails; a check that joins them needs its line here."""
WORDS = {
    "verification": "验证",
    "kinds": "推送类型",
    "texts": "文本",
    "replies": "回复",
    "forgeries": "伪造",
    "envelopes": "加密与文档",
    "modes": "加解密方式",
    "redeliveries": "重新推送",
    "late": "延迟的回复",
    "allowances": "条数限制",
    "sign in": "登录",
    "rotation": "换密钥",
    "not run": "未运行",
    "broken": "弄坏的方式",
    "proves": "证明",
    "fails, too": "同时失败",
} | {CHECKS[name].sentence: sentence for name, sentence in SENTENCES.items()}
PATTERNS = {
    r"(\d+) of (\d+)": r"\1/\2",
    r"The event (`.+`) is taken: success, nothing, or a reply\.": (
        r"事件 \1 能接受：success、空响应，或一条回复。"
    ),
    r"The message (`.+`) is taken: success, nothing, or a reply\.": (
        r"消息 \1 能接受：success、空响应，或一条回复。"
    ),
    r"What at least one of them fails:": "至少有一个没有通过的检查：",
}


def translated(tables: str) -> str:
    """The same tables in Chinese; what has no Chinese here stays as it is."""
    named = tables.replace(" on Flask", " + Flask").replace("Chalice by hand", "手写 Chalice")
    return re.sub(r"(?m)(?<=\| )[^|\n]+?(?= \|)|^[^|\n]+$", lambda found: _words(found[0]), named)


def _words(words: str) -> str:
    for pattern, instead in PATTERNS.items():
        words = re.sub(f"^{pattern}$", instead, words)
    return WORDS.get(words, words)
