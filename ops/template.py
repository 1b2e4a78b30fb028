"""Reads CloudFormation templates, as far as our own need it."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from .target import Target

_HERE = Path(__file__).parent
RESOURCES = _HERE / "resources.yaml"
FIXED_EXIT = _HERE / "fixed_exit.yaml"
"""Our own."""


class _Template(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Expands short forms: `!Sub text` becomes `Fn::Sub: text`."""


def _expanded(loader: yaml.SafeLoader, name: str, node: yaml.Node) -> Any:
    match node:
        case yaml.SequenceNode():
            value: Any = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
        case _:
            value = loader.construct_scalar(node)  # type: ignore[arg-type]  # what is left
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_Template.add_multi_constructor("!", _expanded)


@cache  # because it is slow, and one command reads a template several times
def read(text: str) -> Mapping[str, Any]:
    """The template in `text`, YAML or JSON."""
    template: Mapping[str, Any] = yaml.load(text, _Template)  # noqa: S506 - a SafeLoader
    return template


def resolved(value: Any, target: "Target") -> Any:
    """The value of an expression for a stage. Knows what our templates use: Stage and Kept."""
    match value:
        case {"Fn::Sub": str(name)}:
            return name.replace("${Stage}", target.stage)
        case {"Fn::If": ["Kept", then, otherwise]}:
            return then if target.is_production else otherwise
        case _:
            return value


def references(value: Any) -> Iterator[str]:
    """The names in a template, and of AWS's own, to which an expression refers."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from re.findall(r"\$\{([\w:]+)", text)
        case {"Fn::If": [str(condition), *rest]}:
            yield condition
            yield from references(rest)
        case dict():
            yield from references([*value.values()])
        case list():
            for each in value:
                yield from references(each)
