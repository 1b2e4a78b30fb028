"""A language model answers whatever is written to the account."""

import os
import re
from collections.abc import Iterator

from chalicelib.router import Context, PerDay, Router
from chalicelib.wechat.messages import SubscribeEvent, TextMessage
from chalicelib.wechat.replies import Reply, Text

URL = os.environ.get("MODEL_URL", "https://api.deepseek.com/beta")
MODEL = os.environ.get("MODEL_NAME", "deepseek-chat")
INSTRUCTIONS = "你是一家茶馆的客服。用中文回答，简短、友善。"
REMEMBERED = 3000  # tokens of the conversation so far that the model is told again
router = Router("model", ai=True, apology="现在回答不了，请稍后再试。")


@router.on(SubscribeEvent, idempotent=True, ai=False)
def welcome(event: SubscribeEvent, ctx: Context) -> Reply:
    return Text("欢迎关注，有问题请直接问。“取消”停止回答，“继续”查看余下内容。")


@router.on(TextMessage, content="取消", ai=False)
def cancel(message: TextMessage, ctx: Context) -> Reply:
    ctx.cancel()
    return Text("好的，不说了。")


@router.on(
    TextMessage,
    content=re.compile(r"(?!\s*继续\s*$).*", re.DOTALL),  # 继续 brings what waits
    slow=True,
    stream=True,
    long=True,
    seconds=300,
    ack="正在想，请稍候。没看到回答时，回复“继续”。",
    limit=PerDay(20, text="今天的次数用完了，明天再来吧。"),
)
def answer(message: TextMessage, ctx: Context) -> Iterator[str]:
    from . import completion  # noqa: PLC0415 - only the worker needs it

    asked = {"role": "user", "content": message.content}
    history = completion.recent([*ctx.session.get("history", []), asked], REMEMBERED)
    messages = [{"role": "system", "content": INSTRUCTIONS}, *history]
    said = ctx.said.text
    try:
        for text in completion.said_by_model(URL, ctx.secret("model-key"), MODEL, messages, said):
            if text and not allowed(text):
                yield "\n\n这个我不便回答，换个话题吧。"
                return
            said += text
            yield text
    finally:  # also when the user cancels
        ctx.session["history"] = [*history, {"role": "assistant", "content": said}]


def allowed(text: str) -> bool:
    """Whether a part of the answer may leave; put your check of generated text here."""
    return "赌博" not in text
