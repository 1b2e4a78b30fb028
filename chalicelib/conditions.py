"""Conditions on an item of a table, as values.

The table checks them where it writes; `holds` says the same in Python, for code that only looks. A
comparison with an attribute that is missing fails, as it does in DynamoDB.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = str | float | bool | tuple[str, ...]
Item: TypeAlias = Mapping[str, Any]
"""The attributes of an item, each a Value, by their names."""


@dataclass(frozen=True, slots=True)
class Absent:
    """The item has no such attribute; an item that is not there has none."""

    name: str


@dataclass(frozen=True, slots=True)
class Compared:
    """An attribute stands in a relation (`=`, `<=`, `>`) to a value."""

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
    "<=": operator.le,
    ">": operator.gt,
}


def absent(name: str) -> Condition:
    return Absent(name)


def equal(name: str, value: Value) -> Condition:
    return Compared(name, "=", value)


def at_most(name: str, value: Value) -> Condition:
    return Compared(name, "<=", value)


def above(name: str, value: Value) -> Condition:
    return Compared(name, ">", value)


def all_of(*parts: Condition) -> Condition:
    return parts[0] if len(parts) == 1 else AllOf(parts)  # DynamoDB refuses idle parentheses


def any_of(*parts: Condition) -> Condition:
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def holds(condition: Condition, item: Item | None) -> bool:
    """Whether `condition` is true of `item`, where None is an item that is not there."""
    match condition:
        case Absent(name):
            return item is None or name not in item
        case Compared(name, relation, value):
            return item is not None and name in item and _RELATIONS[relation](item[name], value)
        case AllOf(parts):
            return all(holds(part, item) for part in parts)
        case AnyOf(parts):
            return any(holds(part, item) for part in parts)
