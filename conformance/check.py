"""What a check is: a function with a name, a sentence, a reason, and what it needs."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from .backend import Backend

Body: TypeAlias = Callable[[Backend], str]


@dataclass(frozen=True, slots=True)
class Check:
    """`alone` says that it changes what other checks would see, so that it runs after them.

    `needs` are the names of options without which it is not run.
    """

    name: str
    group: str
    sentence: str
    why: str
    needs: tuple[str, ...]
    body: Body
    alone: bool = False


CHECKS: dict[str, Check] = {}


def check(*needs: str, alone: bool = False) -> Callable[[Body], Body]:
    """Registers a check. Its docstring is the sentence, and after an empty line the reason.

    It returns what it saw, and raises Failed or Fault.
    """

    def register(body: Body) -> Body:
        group = body.__module__.rpartition(".")[2]
        add(
            body.__name__.replace("_", "-"),
            group,
            inspect.getdoc(body) or "",
            needs,
            body,
            alone=alone,
        )
        return body

    return register


def add(
    name: str, group: str, text: str, needs: tuple[str, ...], body: Body, *, alone: bool = False
) -> None:
    """Registers a check of which there are several of a kind."""
    sentence, _, why = text.partition("\n\n")
    if name in CHECKS:
        raise ValueError(f"two checks are called {name}")
    CHECKS[name] = Check(
        name, group, " ".join(sentence.split()), " ".join(why.split()), needs, body, alone
    )
