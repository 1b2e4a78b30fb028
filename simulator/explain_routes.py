"""`python -m simulator.explain_routes < push.xml`: explains which route answers.

It loads the handlers from the disk in a process of its own, so it never uses an old version of
them and runs nothing in the backend.
"""

import inspect
import json
import re
import sys
from pathlib import Path
from typing import Any

from chalicelib.handlers import routes
from chalicelib.router import continuing
from chalicelib.router.route import Route
from chalicelib.wechat.messages import Push
from chalicelib.wechat.parsing import parse


def explained(document: bytes) -> dict[str, Any]:
    """The kind of the push in `document`, and whether each route fits it, in order.

    Of a route that asks for the user's state, only the log knows whether it answered; `route` is
    the one that answers where none of these does, such as the one of every account for 继续.
    """
    push = parse(document)
    verdicts = [_verdict(route, push) for route in routes]
    answering = ""
    for each in verdicts:
        if answering and each["why"] in ("fits", "state"):
            each["why"] = "earlier"
        elif each["why"] == "fits":
            answering = each["route"]
    if not answering and (matched := continuing.match(routes, push, lambda: None)):
        answering = matched[0].name
    return {
        "kind": type(push).__name__,
        "route": answering,
        "routes": verdicts,
    }


def _verdict(route: Route, push: Push) -> dict[str, Any]:
    return {
        "route": route.name,
        "place": _place(route),
        "kind": route.kind.__name__,
        "travels": _travels(route),
        **_fit(route, push),
    }


def _fit(route: Route, push: Push) -> dict[str, Any]:
    if not isinstance(push, route.kind):
        return {"why": "kind"}
    for name, pattern in route.patterns.items():
        value = getattr(push, name)
        if isinstance(pattern, re.Pattern):
            if pattern.fullmatch(value) is None:
                return _not_fitting(name, pattern.pattern, regex=True)
        elif value != pattern:
            return _not_fitting(name, str(pattern), regex=False)
    if route.state is not None:
        state = route.state.pattern if isinstance(route.state, re.Pattern) else route.state
        return {"why": "state", "pattern": state}
    return {"why": "fits", "groups": dict(route.match(push) or {})}


def _not_fitting(field: str, pattern: str, *, regex: bool) -> dict[str, Any]:
    return {"why": "field", "field": field, "pattern": pattern, "regex": regex}


def _travels(route: Route) -> str:
    return "slow" if route.slow else "idempotent" if route.idempotent else "recorded"


def _place(route: Route) -> str:
    code = inspect.unwrap(route.handler).__code__
    path = Path(code.co_filename)
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path.name
    return f"{shown}:{code.co_firstlineno}"


if __name__ == "__main__":
    print(json.dumps(explained(sys.stdin.buffer.read())))
