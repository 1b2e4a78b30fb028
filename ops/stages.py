"""A new stage, and so a new account: the configuration and policies of another one, renamed.

What belongs only to the other account, its network and its URL, is not copied.
"""

import re
from pathlib import Path
from typing import Any

from . import fixed_exit, upgrades
from .target import Target, read_config, write_config

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}")
"""Names that fit into the names of all resources; `Stage` in resources.yaml allows the same."""

_TAKEN = ("-worker", "-exit")
"""Ends of names that the functions and stacks of other stages have."""
_OF_ITS_NETWORK = ("subnet_ids", "security_group_ids", fixed_exit.OWNER)
_OF_ITS_SITE = ("PUBLIC_URL", "RETURN_URLS")


class StageError(Exception):
    """This stage cannot be made; the message says why and what to do."""


def copy(new: str, like: str, project: Path) -> list[Path]:
    """Writes the stage `new` with the setup of `like`, and returns the written files.

    Raises StageError, and then nothing is written.
    """
    config_file = project / ".chalice" / "config.json"
    config = read_config(config_file)
    _check(new, like, config["stages"])
    copied = config["stages"][like]
    config["stages"][new] = _without_its_own(_renamed(copied, new, like))
    written = {
        _refused_if_there(config_file.with_name(_renamed(policy.name, new, like))): _renamed(
            read_config(policy), new, like
        )
        for policy in _policies(config_file, copied)
    }
    written[config_file] = config  # last, because it makes the stage known
    for path, content in written.items():
        write_config(path, content)
    completed = upgrades.complete(Target(new, project))
    return list(dict.fromkeys([*written, *(change.file for change in completed)]))


def _check(new: str, like: str, stages: dict[str, Any]) -> None:
    if like not in stages:
        raise StageError(f"There is no stage {like} to copy; there are: {', '.join(stages)}.")
    if new in stages:
        raise StageError(f"The stage {new} exists already. Choose another name.")
    if not NAME.fullmatch(new):
        raise StageError(
            f"{new!r} names no stage. Write up to 31 of a-z, 0-9 and -, a letter first."
        )
    if new.endswith(_TAKEN):
        raise StageError(f"{new} would share names with another stage. Choose another name.")


def _policies(config_file: Path, stage: dict[str, Any]) -> list[Path]:
    return [
        config_file.with_name(function["iam_policy_file"])
        for function in stage.get("lambda_functions", {}).values()
        if "iam_policy_file" in function
    ]


def _refused_if_there(path: Path) -> Path:
    if path.exists():
        raise StageError(f"{path} exists already. Remove it, or choose another name.")
    return path


def _renamed(value: Any, new: str, like: str) -> Any:
    """`value` with each name of the stage `like` in it changed to one of `new`."""
    match value:
        case dict():
            return {key: _renamed(each, new, like) for key, each in value.items()}
        case list():
            return [_renamed(each, new, like) for each in value]
        case str():
            name = rf"((?:wechalice|policy)[-/]){re.escape(like)}(?![a-z0-9])"
            return new if value == like else re.sub(name, rf"\g<1>{new}", value)
        case _:
            return value


def _without_its_own(stage: dict[str, Any]) -> dict[str, Any]:
    for settings in (stage, *stage.get("lambda_functions", {}).values()):
        for name in _OF_ITS_NETWORK:
            settings.pop(name, None)
    for name in _OF_ITS_SITE:
        stage.get("environment_variables", {}).pop(name, None)
    return stage
