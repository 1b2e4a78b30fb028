"""A language model answers whatever is written to the account."""

import os
from collections.abc import Iterator

from chalicelib.router import Context, PerDay, Router
from chalicelib.wechat.messages import TextMessage
from chalicelib.wechat.replies import Reply, Text

URL = os.environ.get("MODEL_URL", "https://api.deepseek.com/beta")
MODEL = os.environ.get("MODEL_NAME", "deepseek-chat")
INSTRUCTIONS = "你是一家茶馆的客服。用中文回答，简短、友善。"
REMEMBERED = 3000
"""Tokens of the conversation so far that the model is told again."""

router = Router("model", ai=True, apology="我没想出来，请换个问法再试。")


@router.on(TextMessage, content="取消", ai=False)
def cancel(message: TextMessage, ctx: Context) -> Reply:
    ctx.cancel()
    return Text("好的，不说了。")


@router.on(
    TextMessage,
    slow=True,
    stream=True,
    long=True,
    seconds=300,
    limit=PerDay(20, text="今天的次数用完了，明天再来吧。"),
)
def answer(message: TextMessage, ctx: Context) -> Iterator[str]:
    from . import completion  # noqa: PLC0415 - only the worker needs it

    asked = {"role": "user", "content": message.content}
    history = completion.recent([*ctx.session.get("history", []), asked], REMEMBERED)
    messages = [{"role": "system", "content": INSTRUCTIONS}, *history]
    said = ctx.said.text
    for text in completion.said_by_model(URL, ctx.secret("model-key"), MODEL, messages, said):
        if not allowed(text):
            yield "\n\n这个我不便回答，换个话题吧。"
            return
        said += text
        yield text
    ctx.session["history"] = [*history, {"role": "assistant", "content": said}]


def allowed(text: str) -> bool:
    """Whether a part of the answer may leave; put your check of generated text here."""
    return "赌博" not in text
