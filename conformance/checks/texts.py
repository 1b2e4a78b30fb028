"""What users may type comes through, and comes back.

WeChat hands on what a phone sends: control characters, `]]>`, emoji, escapes of its own emoji.
"""

from functools import partial

from ..backend import Backend, Failed
from ..check import add, check
from ..pushes import text

TYPED = {
    "emoji": ("😀 👨‍👩‍👧‍👦 🇨🇳 𠮷", "They have four bytes each in UTF-8, and some are joined."),
    "wechats-own-emoji": ("/::) /:rose [微笑]", "WeChat sends its own emoji as such escapes."),
    "markup": ('<a href="x">&amp;</a> "&" \'', "Text is text, in XML and in replies."),
    "end-of-cdata": ("x]]>y]]>", "In CDATA it ends the text, unless the reply escapes it."),
    "lines": ("第一行\n第二行\n\n最后", "Lists and addresses are typed in lines."),
    "percent": ("100% %s {0} {name} ${x} \\n", "Templates and format strings must not see it."),
    "right-to-left": ("\u202eabc שלום 你好", "It is typed in many scripts, and by jokers."),
    "zero": ("0", "It is false in some languages, and a text all the same."),
}
"""What is typed, and why, by name."""


def _comes_back(typed: str, backend: Backend) -> str:
    answered = backend.says(typed)
    if answered != typed:
        raise Failed(f"{typed!r} came back as {answered!r}")
    return f"{typed!r} came back"


for _name, (_typed, _why) in TYPED.items():
    _text = f"A text with {_name.replace('-', ' ')} comes back as it was typed.\n\n{_why}"
    add(f"text-{_name}", "texts", _text, ("echo",), partial(_comes_back, _typed))


@check("echo")
def text_control_characters(backend: Backend) -> str:
    """A text with characters that XML forbids comes back, with or without them.

    Phones send them, and strict readers of XML fail on the whole push.
    """
    for typed in ("a\x0bb", "a\x00b", "a\x1bb", "a\ufffeb"):
        answered = backend.says(typed)
        if answered not in {typed, "ab", "a b", "a\ufffdb"}:
            raise Failed(f"{typed!r} came back as {answered!r}")
    return "four characters, each text answered"


@check("echo")
def text_of_2048_bytes(backend: Backend) -> str:
    """A text of 2048 bytes comes back whole.

    So much may stand in a passive reply:
    https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html
    """
    typed = "汉" * 682 + "ab"
    if backend.says(typed) != typed:
        raise Failed("it did not come back whole")
    return "2048 bytes came back"


@check()
def text_of_spaces_is_taken(backend: Backend) -> str:
    """A text of spaces, and an empty one, are taken.

    A reader that strips them finds an empty text, and an index out of range.
    """
    for typed in ("   ", "\n", "", "\u3000"):
        backend.does(text(typed))
    return "four texts, none an error"


@check()
def text_very_long_is_taken(backend: Backend) -> str:
    """A text of 20 000 bytes is taken, although nobody can answer it with itself.

    A reply that is too long is refused by WeChat, and the user reads the fault.
    """
    reply = backend.does(text("长" * 6666))
    if reply is not None and len(reply.text.encode()) > 2048:
        raise Failed(f"the reply has {len(reply.text.encode())} bytes; 2048 are allowed")
    return "silence" if reply is None else f"{len(reply.text.encode())} bytes"
