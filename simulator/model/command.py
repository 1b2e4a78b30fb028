"""`python -m simulator model`: the stand-in from a terminal."""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, TypeVar

import click

from simulator.language import Language
from simulator.numbers import Number, WholeNumber

from .behaviour import Behaviour, Thoughts
from .endpoint import PATH, running

F = TypeVar("F", bound=Callable[..., Any])


def _option(name: str, kind: click.ParamType[Any], text: str) -> Callable[[F], F]:
    """An option for a field of Behaviour, with its default."""
    usual = asdict(Behaviour())[name]
    shown = None if usual is None else str(usual)
    return click.option(f"--{name}", type=kind, default=shown, show_default=True, help=text)


@click.command()
@click.option(
    "--port",
    type=WholeNumber("--port 8091", 0, 65535),
    default=8090,
    show_default=True,
    help="0 takes any free one.",
)
@_option("length", WholeNumber("--length 3000", 1), "Characters of an answer.")
@_option("speed", Number("--speed 20", 0), "Tokens a second; 0: all at once.")
@_option("think", Number("--think 30", 0), "Seconds until the first token.")
@_option(
    "thoughts", click.Choice([each.value for each in Thoughts]), "How it shows that it thinks."
)
@_option("fail", WholeNumber("--fail 429", 400, 599), "Refuse everything with this HTTP status.")
@_option("cut", WholeNumber("--cut 100", 0), "Hang up after so many characters.")
@_option("hang", WholeNumber("--hang 100", 0), "Say nothing more after so many characters.")
@_option("seed", click.INT, "Another seed makes other answers up.")
def model(port: int, thoughts: str, **behaviour: Any) -> None:
    """Serve a language model that makes its answers up, as OpenAI's API has it.

    It streams, thinks, is slow, fails and hangs up, as you ask it to. Any key will do.

    \b
    python -m simulator model
    python -m simulator model --speed 50 --length 3000
    python -m simulator model --think 30 --thoughts reasoning
    python -m simulator model --fail 429

    A user can ask for the same in the question, for this answer alone. Write to the account:

    \b
    讲讲泡茶 length=3000 speed=50
    讲讲泡茶 think=180 thoughts=tags
    讲讲泡茶 fail=500
    讲讲泡茶 cut=100

    The same question gets the same answer. It goes on from a last message of the assistant that
    says "prefix": true (DeepSeek) or "partial": true (Qwen, Kimi). Ctrl-C ends it.
    """
    try:
        with running(Behaviour(thoughts=Thoughts(thoughts), **behaviour), port) as serving:
            click.echo(f"{serving.url}{PATH}")
            while True:
                time.sleep(1)
    except KeyboardInterrupt:
        pass
    except OSError as error:
        taken = Language.of().says(
            "端口 {port} 无法使用。请用 --port 换一个。", port=port, why=error.strerror
        )
        raise click.UsageError(taken) from None
