"""The help and the errors of usage in Chinese, for an environment that is.

Click asks gettext for its own words, which reads nothing but compiled catalogues, so its modules
get a function that looks them up here.
"""

import inspect
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import click
from click import core, decorators, exceptions, formatting, parser, types

from .events import EVENTS, USER

_CLICK: Mapping[str, str] = {
    "Usage:": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Show this message and exit.": "显示这段帮助。",
    "default: {default}": "默认：{default}",
    "(dynamic)": "（随情况而定）",
    "env var: {var}": "环境变量：{var}",
    "Aborted!": "已中止！",
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "{command} {option} 有帮助。",
    "Invalid value: {message}": "值不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值不对：{message}",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing command.": "缺少命令。",
    "No such option {name!r}.": "没有选项 {name!r}。",
    "No such command {name!r}.": "没有命令 {name!r}。",
    "Did you mean {possibility}?": "是不是想写 {possibility}？",
    "(Did you mean one of: {possibilities}?)": "（是不是想写其中一个：{possibilities}？）",
    "Got unexpected extra argument ({args})": "多了一个参数（{args}）",
    "Got unexpected extra arguments ({args})": "多了几个参数（{args}）",
    "Option {name!r} does not take a value.": "选项 {name!r} 不带值。",
    "Option {name!r} requires an argument.": "选项 {name!r} 要带一个值。",
    "Choose from:\n\t{choices}": "可选：\n\t{choices}",
    "{value!r} is not {choice}.": "{value!r} 不是 {choice}。",
    "{value!r} is not one of {choices}.": "{value!r} 不在可选的 {choices} 之中。",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是合适的数字。",
    "{value} is not in the range {range}.": "{value} 不在 {range} 的范围内。",
    "Could not open file {filename!r}: {message}": "打不开文件 {filename!r}",
    "{name} {filename!r} does not exist.": "{filename!r} 不存在。",
    "{name} {filename!r} is a file.": "{filename!r} 是文件，不是目录。",
    "{name} {filename!r} is a directory.": "{filename!r} 是目录，不是文件。",
    "{name} {filename!r} is not readable.": "{filename!r} 不可读。",
}
"""Those words of click's that our commands may show."""

_COMMANDS: Mapping[str, str] = {
    "main": """模拟微信：向您的后端推送，并显示用户会看到的内容。

    \b
    {examples}

    \b
    回复写到标准输出，其他内容写到标准错误。
    用户看到回复、或公众号不回复时，退出码为 0；
    用户看到故障提示时为 1；命令用错时为 2。
    """,
    "say": "发送文本消息 TEXT。",
    "follow": "关注公众号。",
    "unfollow": "取消关注公众号。之后用户看不到任何回复。",
    "click": "点击 key 为 KEY 的菜单按钮。",
    "view": "点击打开 URL 的菜单按钮。",
    "scan": "已关注的用户扫描场景值为 SCENE 的二维码。",
    "event": """推送事件 NAME，带上微信通常会带的字段。

    \b
    微信会增加新的事件，所以其他名称也可以。
    FIELD 是微信的字段名，用点表示里层：ScanCodeInfo.ScanResult=690123
    """,
    "verify": "像微信开发者平台保存时那样校验 URL。",
    "serve": "在浏览器里提供手机、每次收发的细节，以及微信的接口。",
    "faults": """列出所有故障，或者打开、关闭故障 NAME。

    \b
    {examples}

    \b
    命令访问 `make run` 启动的手机。
    成功时退出码为 0；手机没有运行时为 1；命令用错时为 2。
    """,
    "replay": """重放保存的会话，对比用户看到的内容。

    \b
    会话由手机页面保存；要先运行 `make run`。
    看到的内容一致时退出码为 0，不一致时为 1，命令用错时为 2。
    """,
    "schedule": """列出 app.py 的所有定时任务，或者马上运行 NAME。

    \b
    要先运行 `make run`。
    定时任务运行结束时退出码为 0，运行失败时为 1，命令用错时为 2。
    """,
    "send": """发送文本以外的消息。

    它的每个字段都是一个选项。
    """,
    "image": "发送一条图片消息。",
    "voice": "发送一条语音消息。",
    "video": "发送一条视频消息。",
    "shortvideo": "发送一条小视频消息。",
    "location": "发送一条位置消息。",
    "link": "发送一条链接消息。",
    "file": "发送一条文件消息。",
    "model": """提供一个自己编答案的语言模型，接口与 OpenAI 相同。

    \b
    它可以流式输出、思考、变慢、出错或断开，全凭您的要求。
    任何 key 都可以用。

    \b
    {examples}

    用户也可以在提问里提同样的要求，只对这一次生效。给公众号发：

    \b
    讲讲泡茶 length=3000 speed=50
    讲讲泡茶 think=180 thoughts=tags
    讲讲泡茶 fail=500
    讲讲泡茶 cut=100

    \b
    同样的问题得到同样的回答。最后一条 assistant 消息带 "prefix": true
    （DeepSeek）或 "partial": true（Qwen、Kimi）时，会接着往下写。
    按 Ctrl-C 结束。
    """,
}

_OPTIONS: Mapping[str, str] = {
    "url": "后端接收推送的地址。",
    "console": "存有公众号的文件，相当于微信开发者平台。",
    "mode": "用这种加解密方式推送，不用公众号自己的。",
    "phone_port": "`make run` 启动的手机的端口。",
    "user": f"操作的用户。  [默认：{USER}]",
    "verbose": "也显示每一次收发。",
    "wait": "等延迟的回复，直到推送的任务结束。",
    "limit": "--wait 最多等多久；超过时退出码为 1。",
    "scene": "扫描这个场景值的二维码关注。",
    "port": "0 表示任意空闲端口。",
    "run": "`make run` 的日志所在的目录，用来显示后端的处理。",
    "allowances": "用户再发消息时，可发条数恢复为五条，还是增加五条。",
    "length": "一次回答的字数。",
    "speed": "每秒多少个 token；0 表示一次给完。",
    "think": "第一个 token 之前的秒数。",
    "thoughts": "怎样表现它在思考。",
    "fail": "对所有请求都返回这个 HTTP 状态码。",
    "cut": "这么多字之后断开连接。",
    "hang": "这么多字之后不再说话。",
    "seed": "换一个 seed，编出别的回答。",
}
_EXAMPLE = re.compile(r"^ *(python -m simulator.*)", re.MULTILINE)
_LAST_RUN = "上次 `make run` 的"
_EPILOG = f"自带典型字段的事件：{', '.join(EVENTS)}。"


def speak_chinese(command: click.Command, name: str = "main") -> None:
    """Tells the command, those below it, and click's errors in Chinese, for the whole process."""
    for module in (core, decorators, exceptions, formatting, parser, types):
        _replace_gettext(module)
    _translate(command, name)


def _translate(command: click.Command, name: str) -> None:
    examples = "\n".join(_EXAMPLE.findall(command.help or ""))
    command.help = inspect.cleandoc(_COMMANDS[name]).replace("{examples}", examples)
    command.epilog = _EPILOG if command.epilog else None
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.help:
            parameter.help = _OPTIONS[str(parameter.name)]
            if isinstance(parameter.show_default, str):
                parameter.show_default = _LAST_RUN
    if isinstance(command, click.Group):
        for each, below in command.commands.items():
            _translate(below, each)


def _replace_gettext(module: ModuleType) -> None:
    words: dict[str, Any] = {
        "_": lambda text: _CLICK.get(text, text),
        "ngettext": lambda one, many, n: _CLICK.get(one if n == 1 else many, many),
    }
    for name in words.keys() & vars(module).keys():
        setattr(module, name, words[name])
