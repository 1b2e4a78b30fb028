"""What the stand-in says: Markdown of any length, the same for the same question and seed."""

import re
from collections.abc import Iterator
from random import Random
from typing import Final

_FENCE: Final = re.compile(r"^```.*$", re.MULTILINE)
_WISHES: Final = re.compile(r"\s*\b[a-z]+=\w+\b", re.ASCII)
_MARKS: Final = frozenset(" \t\r\n\u3000*_`~#>|-[]•─")
"""What Markdown marks with, and what stands for such marks in a plain text."""
_SENTENCES: Final = (
    "先说结论：可以试一试。",
    "春天的茶叶最嫩，水温不要超过八十度。",
    "杯子先用热水烫一遍，香气更足。",
    "很多人忽略了时间，其实三十秒就够了😀。",
    "如果味道偏淡，下一次多放两克就好！",
    "您更喜欢清淡的，还是浓一点的？",
    "存放时要避光、防潮，离厨房远一些。",
    "这一步做错了也没有关系，重新来一次就行。",
    "价格从几十元到上千元都有，不必追求最贵的。",
    "最后别忘了记下这一次的做法，方便比较。",
)
_BLOCKS: Final = (
    "### 第{n}点\n\n{a}{b}\n\n",
    "- **水温**：{a}\n- **时间**：{b}\n- 记下 `{n}` 克\n\n",
    "{a}详见[冲泡指南](https://tea.example/guide?page={n}&from=chat)，{b}\n\n",
    "1. {a}\n2. {b}\n3. 喝第{n}杯\n\n",
    "```python\nfor cup in range({n}):\n    pour(cup)  # 慢一点\n\n    wait(30)\n```\n\n",
    "| 茶 | 水温 |\n| --- | --- |\n| 绿茶 | 80 度 |\n| 红茶 | {n} 克 |\n\n",
    "> {a}\n\n{b}**{n} 分钟**之后再尝。{a}\n\n",
)


def text(question: str, length: int, seed: int = 0) -> str:
    """An answer to `question` of exactly `length` characters, whatever behaviour it asks for."""
    asked = _WISHES.sub("", question)
    random = Random(f"{seed} {asked}")  # noqa: S311 - what it says is made up
    said = f"关于“{asked[:20]}”：{random.choice(_SENTENCES)}\n\n"
    number = 1
    while len(block := _block(random, number)) + len(said) < length:
        said += block
        number += 1
    while len(said) < length:
        said += random.choice(_SENTENCES)
    return said[: length - 1] + "。"


def _block(random: Random, number: int) -> str:
    first, second = random.sample(_SENTENCES, 2)
    return random.choice(_BLOCKS).format(n=number, a=first, b=second)


def tokens(said: str) -> Iterator[str]:
    """Its tokens, one and two characters in turn, as long as those of Chinese are."""
    place = 0
    while place < len(said):
        size = 1 + place % 3 % 2
        yield said[place : place + size]
        place += size


def rest(whole: str, prefix: str) -> str | None:
    """What follows a prefix; None for one that is not the beginning of `whole`.

    Marks and white space are not compared, because a real model goes on however it was marked up.
    """
    if whole.startswith(prefix):
        return whole[len(prefix) :]
    places, begun = list(_words(whole)), list(_words(prefix))
    if [whole[each] for each in places[: len(begun)]] != [prefix[each] for each in begun]:
        return None
    if not begun:
        return whole
    return _after_marks(whole[places[len(begun) - 1] + 1 :], prefix[begun[-1] + 1 :])


def _after_marks(follows: str, marks: str) -> str:
    """What follows, without the marks, lines and spaces that the prefix ended with."""
    *lines, last = marks.split("\n")
    for _ in lines:
        line, _, after = follows.partition("\n")
        if list(_words(line)):
            break
        follows = after
    while last and follows.startswith(last[0]):
        follows, last = follows[1:], last[1:]
    return follows


def _words(said: str) -> Iterator[int]:
    """The places of all that is neither mark nor white space."""
    fences = {place for found in _FENCE.finditer(said) for place in range(*found.span())}
    return (place for place, each in enumerate(said) if each not in _MARKS and place not in fences)
