"""Numbers that a command takes; an error shows how one is written."""

from typing import Any, NoReturn

import click

from .language import Language


class _Shown(click.ParamType[Any]):
    """A number, with an example such as `--speed 20`."""

    example: str

    def fail(
        self, message: str, param: click.Parameter | None = None, ctx: click.Context | None = None
    ) -> NoReturn:
        shown = Language.of().says("例如：{example}", example=self.example)
        super().fail(f"{message} {shown}", param, ctx)


class Number(_Shown, click.FloatRange):
    """A number from `least` on."""

    name = "number"

    def __init__(self, example: str, least: float) -> None:
        super().__init__(least)
        self.example = example


class WholeNumber(_Shown, click.IntRange):
    """A whole number from `least` to `most`."""

    name = "whole number"

    def __init__(self, example: str, least: int, most: int | None = None) -> None:
        super().__init__(least, most)
        self.example = example
