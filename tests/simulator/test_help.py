"""`--help` and errors of usage are in Chinese where the environment is, with no English between."""

import re
import subprocess
import sys

import pytest

from tests.simulator.commands import PROGRAM

ALL_HELP = """
import click
from simulator.chinese_help import speak_chinese
from simulator.command import main

def show(command, name):
    print(command.get_help(click.Context(command, info_name=name)))
    for each, below in getattr(command, "commands", {}).items():
        show(below, each)

speak_chinese(main)
show(main, "main")
"""
ENGLISH = re.compile("[a-z]+ [a-z]+ [a-z]+")


def said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    return done.stdout + done.stderr


def test_the_help_of_each_command_and_option_is_chinese() -> None:
    lines = said(sys.executable, "-c", ALL_HELP).splitlines()
    assert {"  发送文本消息 TEXT。", "  python -m simulator say 周报 --wait"} <= {*lines}
    examples = ("python -m ", "用法：")
    told = [line for line in lines if not line.strip().startswith(examples)]
    assert [line for line in told if ENGLISH.search(line)] == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("say", "错误：缺少参数 'TEXT'"),
        ("say hi --limit x", "错误：'--limit' 的值不对：'x' 不是合适的数字。 例如：--limit 60"),
        ("send hologram", "错误：没有命令 'hologram'。 可选：image, voice,"),
        ("faults queue-down", "错误：请加上 on 或 off：faults queue-down on"),
    ],
)
def test_what_was_misused_is_told_in_chinese(typed: str, told: str) -> None:
    assert told in said(*PROGRAM, *typed.split())
