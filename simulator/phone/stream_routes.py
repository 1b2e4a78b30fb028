"""Which route answers a stream of pushes, so that nobody starts real work without knowing."""

from collections.abc import Iterator, Mapping
from typing import Any

from simulator import pushes

from .push_stream import OPENID
from .route_explanations import RouteExplanations

_HELLO = "你好"
_HARMLESS = "idempotent"


async def of_text(text: str, original_id: str, explanations: RouteExplanations) -> dict[str, Any]:
    """The text, the route that answers it, and how it travels; or the `problem`."""
    explanation = await _explained(text, original_id, explanations)
    return _summary(text, explanation)


async def harmless(original_id: str, explanations: RouteExplanations) -> dict[str, Any]:
    """The same for a text that an idempotent route answers, if one is found."""
    explanation = await _explained(_HELLO, original_id, explanations)
    found = _summary(_HELLO, explanation)
    for text in _contents(explanation):
        if found["travels"] == _HARMLESS:
            break
        found = await of_text(text, original_id, explanations)
    return found if found["travels"] == _HARMLESS else _summary(_HELLO, explanation)


async def _explained(
    text: str, original_id: str, explanations: RouteExplanations
) -> dict[str, Any]:
    return await explanations.of(pushes.text(text).by(OPENID).xml(original_id))


def _summary(text: str, explanation: Mapping[str, Any]) -> dict[str, Any]:
    if "problem" in explanation:
        return {"text": text, "route": "", "travels": "", "problem": explanation["problem"]}
    route = explanation["route"]
    travels = {each["route"]: each["travels"] for each in explanation["routes"]}
    return {"text": text, "route": route, "travels": travels.get(route, ""), "problem": ""}


def _contents(explanation: Mapping[str, Any]) -> Iterator[str]:
    """The texts that idempotent routes wait for, word for word."""
    for each in explanation.get("routes", ()):
        waits = each["travels"] == _HARMLESS and each.get("field") == "content"
        if waits and not each["regex"]:
            yield each["pattern"]
