"""How a family of calls says what it plays: a table of paths, each with its method and function.

A call is a function of the world and the request. It returns the fields of the answer or a file,
or raises Refused.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from .bodies import ApiRequest, File
from .refusals import Refused
from .world import World

Answer: TypeAlias = Mapping[str, Any] | File
Played: TypeAlias = Callable[[World, ApiRequest], Answer]

DONE: Mapping[str, Any] = {"errcode": 0, "errmsg": "ok"}
MOST_A_PAGE = 20
"""Entries that a page of materials, drafts or articles may have."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The method of a path and the function that answers. Most calls need an access token."""

    method: str
    answer: Played
    wants_token: bool = True


Calls: TypeAlias = Mapping[str, Endpoint]


def reading(answer: Played) -> Endpoint:
    """A call by GET."""
    return Endpoint("GET", answer)


def posting(answer: Played) -> Endpoint:
    """A call by POST."""
    return Endpoint("POST", answer)


def page(request: ApiRequest, items: Sequence[Any]) -> dict[str, Any]:
    """Some of the items, as `offset` and `count` of the request say. Raises Refused."""
    offset, count = request.fields.get("offset"), request.fields.get("count")
    if type(offset) is not int or offset < 0:
        raise Refused(47003)
    if type(count) is not int or not 1 <= count <= MOST_A_PAGE:
        raise Refused(47003)
    found = items[offset : offset + count]
    return {"total_count": len(items), "item_count": len(found), "item": found}
