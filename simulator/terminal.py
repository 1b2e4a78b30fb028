"""Prints an outcome: the answer to standard output, everything else to standard error."""

import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import click

from .english import FAULTS
from .language import Language
from .outcome import Outcome
from .wording import FAULT, documents, heading, silence

_UNANSWERED = {
    "waiting": "（等用户的下一条消息才能发：{reason}）",
    "dropped": "（回复被丢弃：{reason}）",
    "failed": "（处理失败：{reason}）",
    "dead": "（任务失败，成了死信：{reason}）",
}
"""By the name of the problem that the log shows."""


def show(outcome: Outcome, answer: str, *, verbose: bool) -> None:
    """Prints what the user reads, why deliveries failed and, if `verbose`, all exchanges.

    `answer` is the reply in words, or empty if there is none, which is not told.
    """
    language = Language.of()
    for number, exchange in enumerate(outcome.exchanges, start=1):
        if verbose or exchange.failure:
            colour = "red" if exchange.failure else "green"
            _note(heading(number, exchange, language), fg=colour)
        if verbose:
            for title, text in documents(exchange):
                _note(language.says("{title}：", title=language.says(title)), bold=True)
                _note(_printable(text))
    if outcome.fault:
        click.secho(language.says(FAULT), fg="red")
    elif answer:
        click.echo(_printable(answer))


def show_silence(outcome: Outcome) -> None:
    """Says that no answer has come, and why."""
    _note(silence(outcome, Language.of()), dim=True)


def show_late(text: str) -> None:
    """Prints a customer service message that came after the answer."""
    click.echo(_printable(text))


def show_failed_try(error: str) -> None:
    """Says that a try has failed, with its exception, and that another one comes."""
    language = Language.of()
    told = _printable(language.tells(error))
    _note(language.says("（执行失败，稍后重试：{error}）", error=told), fg="red")


def show_under_way(seconds: float) -> None:
    """Says that the job of a push has not ended after that many seconds."""
    _note(Language.of().says("（{seconds:g} 秒后仍未处理完）", seconds=seconds), fg="red")


def show_unanswered(name: str, reason: str) -> None:
    """Says what became of an answer that the user did not get, and why."""
    language = Language.of()
    told = _printable(language.tells(reason))
    _note(language.says(_UNANSWERED[name], reason=told), fg="red")


def show_faults(faults: Sequence[Mapping[str, Any]]) -> None:
    """Prints each fault: whether it is on, its name, and what it does."""
    for fault in faults:
        state = click.style("on ", fg="red") if fault["on"] else "off"
        click.echo(f"{state}  {fault['name']:<20}{_explanation(fault)}")


def show_replay(steps: Sequence[Mapping[str, Any]]) -> None:
    """Prints each step of a replay, and for a different one what the user read instead."""
    says = Language.of().says
    for step in steps:
        same = step["result"] == "same"
        result = f"{says('一致' if same else '不一致'):<9}"
        mark = click.style(result, fg="green" if same else "red")
        click.echo(f"{mark}  {_printable(step['said']['text'])}")
        if not same:
            for name, title in (("expected", "预期"), ("actual", "实际")):
                click.echo(f"  {says('{title}：', title=says(title))}")
                click.echo(textwrap.indent(_printable(_read(step[name])), " " * 4))


def show_schedules(schedules: Sequence[Mapping[str, Any]]) -> None:
    """Prints the name of each schedule, and its rule."""
    for schedule in schedules:
        click.echo(f"{schedule['name']:<20}{schedule['rule']}")


def show_run(run: Mapping[str, Any]) -> None:
    """Prints what a schedule has printed, and whether it returned."""
    click.echo(_printable(run["output"]), nl=False)
    says, returned = Language.of().says, run["returned"]
    _note(says("运行结束" if returned else "运行失败"), fg="green" if returned else "red")


def _read(reading: Mapping[str, Any]) -> str:
    """What the user read in a step, with late answers at the end."""
    says = Language.of().says
    answer = str(reading["answer"].get("text")) if reading["answer"] else says("（没有回复）")
    late = (says("（客服消息）{text}", text=each["text"]) for each in reading["late"])
    return "\n".join([says(FAULT) if reading["fault"] else answer, *late])


def _explanation(fault: Mapping[str, Any]) -> str:
    if Language.of() is Language.CHINESE:
        return str(fault["explanation"])
    return FAULTS[fault["name"]].format(f"{fault['amount']['now']:g}" if fault["amount"] else "")


def _note(text: str, **style: str | bool) -> None:
    click.secho(text, err=True, **style)  # type: ignore[arg-type]  # click's own style names


def _printable(text: str) -> str:
    """`text` without control characters, which a terminal would obey."""
    return "".join(
        each if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs") else "\ufffd"
        for each in text
    )
