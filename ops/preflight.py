"""What would make a deployment fail, or would make it dangerous, told before anything is done."""

import json
from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.wechat.envelopes import Mode

from . import secret_store
from .region import region
from .target import WORKER, Target

_FUNCTIONS = ("api_handler", WORKER)


class Problem(NamedTuple):
    """What is wrong, and what to do about it."""

    found: str
    do: str


def problems(target: Target, *, allow_plaintext: bool) -> list[Problem]:
    """None when the stage may be deployed."""
    mode = _mode_problems(target, allow_plaintext=allow_plaintext)
    return [*secret_problems(target), *policy_problems(target), *mode]


def secret_problems(target: Target) -> Iterator[Problem]:
    """What is missing of the secrets, or malformed."""
    values = secret_store.values(target)
    for name in secret_store.wanted(target):
        verb = "generate" if secret_store.KINDS[name].new else "set"
        command = f"python -m ops secrets {verb} {name} --stage {target.stage}"
        if name not in values:
            yield Problem(f"The parameter {name} is missing in {region()}.", command)
        elif wrong := secret_store.KINDS[name].wrong(values[name].value):
            yield Problem(f"The parameter {name} is malformed: {wrong}.", command)


def policy_files(target: Target) -> dict[str, str]:
    """The policy file of each function, as Chalice looks for it."""
    default = f"policy-{target.stage}.json"
    return {each: target.function_setting(each, "iam_policy_file", default) for each in _FUNCTIONS}


def policy_problems(target: Target) -> Iterator[Problem]:
    """What is missing of the policies, or malformed."""
    for name in sorted(set(policy_files(target).values())):
        file = target.config_file.with_name(name)
        try:
            json.loads(file.read_text())
        except FileNotFoundError:
            yield Problem(f"The policy {file} is missing.", "Restore it from version control.")
        except ValueError as error:
            yield Problem(f"The policy {file} is not JSON: {error}.", "Mend it.")


def _mode_problems(target: Target, *, allow_plaintext: bool) -> Iterator[Problem]:
    plaintext = target.settings.mode is Mode.PLAINTEXT
    if plaintext and target.is_production and not allow_plaintext:
        yield Problem(
            f"{target.stage} would take pushes in plaintext, whose bodies nothing signs.",
            "Set WECHAT_MODE to safe in .chalice/config.json and 安全模式 in WeChat's console, or, "
            "for a test account, say --allow-plaintext.",
        )
