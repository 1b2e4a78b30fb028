"""`python -m simulator.schedules [NAME]`: lists the schedules of app.py, or runs one.

It loads app.py from the disk in a process of its own, as Lambda does, so it never uses an old
version of it, and runs nothing in the backend. It ends when Lambda would kill the function.
"""

import importlib
import json
import os
import sys
import time
import uuid
from pathlib import Path
from threading import Timer
from typing import Any

from chalice.app import Chalice, ScheduledEventConfig, ScheduleExpression
from chalice.constants import DEFAULT_LAMBDA_TIMEOUT

from . import chalice_project
from .lambda_context import Context

STAGE = "dev"


def listed(app: Chalice) -> list[dict[str, str]]:
    """The name and the rule of each schedule."""
    return [
        {"name": each.name, "rule": _rule(each.schedule_expression)}
        for each in app.event_sources
        if isinstance(each, ScheduledEventConfig)
    ]


def run(app: Chalice, name: str) -> None:
    """Runs the schedule as its rule would. Ends the process if there is none of that name."""
    names = [each["name"] for each in listed(app)]
    if name not in names:
        sys.exit(f"app.py has no schedule {name}; it has {', '.join(names) or 'none'}.")
    settings = chalice_project.configuration(Path(), STAGE).scope(STAGE, name)
    seconds = settings.lambda_timeout or DEFAULT_LAMBDA_TIMEOUT
    context = Context(f"wechalice-{STAGE}-{name}", time.time() + seconds)
    timer = Timer(seconds, _time_out, [seconds])
    timer.daemon = True
    timer.start()
    app.handler_map[name](_event(name), context)


def _event(name: str) -> dict[str, Any]:
    """What EventBridge tells a schedule."""
    account, region = "000000000000", os.environ.get("AWS_REGION", "us-east-1")
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": account,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{account}:rule/wechalice-{STAGE}-{name}"],
        "detail": {},
    }


def _rule(expression: str | ScheduleExpression) -> str:
    return expression if isinstance(expression, str) else expression.to_string()


def _time_out(seconds: float) -> None:
    print(f"Task timed out after {seconds:.2f} seconds", flush=True)
    os._exit(1)


if __name__ == "__main__":
    loaded = importlib.import_module("app").app
    if sys.argv[1:]:
        run(loaded, sys.argv[1])
    else:
        print(json.dumps(listed(loaded)))
