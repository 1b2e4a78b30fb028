"""Conditions on an item of a table, as values.

The table checks them when it writes; `holds` checks them in Python, for code that only reads. A
comparison with a missing attribute fails, as it does in DynamoDB.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = str | float | bool | tuple[str, ...]
Item: TypeAlias = Mapping[str, Any]
"""The attributes of an item by name; each is a Value."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The item has no such attribute, or does not exist."""

    name: str


@dataclass(frozen=True, slots=True)
class Compared:
    """An attribute compares with a value by `=`, `<>`, `<=` or `>`."""

    name: str
    relation: str
    value: Value


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Condition", ...]


Condition: TypeAlias = Absent | Compared | AllOf | AnyOf

_RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<=": operator.le,
    ">": operator.gt,
}


def absent(name: str) -> Condition:
    return Absent(name)


def equal(name: str, value: Value) -> Condition:
    return Compared(name, "=", value)


def differs(name: str, value: Value) -> Condition:
    """Another value, or none: DynamoDB differs from `holds` where a missing one is compared so."""
    return any_of(absent(name), Compared(name, "<>", value))


def at_most(name: str, value: Value) -> Condition:
    return Compared(name, "<=", value)


def above(name: str, value: Value) -> Condition:
    return Compared(name, ">", value)


def all_of(*parts: Condition) -> Condition:
    return parts[0] if len(parts) == 1 else AllOf(parts)  # DynamoDB refuses needless parentheses


def any_of(*parts: Condition) -> Condition:
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def holds(condition: Condition, item: Item | None) -> bool:
    """Whether `condition` holds for `item`; None is an item that does not exist."""
    match condition:
        case Absent(name):
            return item is None or name not in item
        case Compared(name, relation, value):
            return item is not None and name in item and _RELATIONS[relation](item[name], value)
        case AllOf(parts):
            return all(holds(part, item) for part in parts)
        case AnyOf(parts):
            return any(holds(part, item) for part in parts)
