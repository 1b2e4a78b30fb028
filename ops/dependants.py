"""What `doctor` need not examine, because another finding tells the cause once."""

from collections.abc import Iterator, Mapping

from chalicelib.credentials.app_secrets import APP_ID, APP_SECRET

from . import lambda_functions, secret_store, stack, wechat
from .crashes import ENDED
from .errors import EXPECTED
from .findings import Finding, Patient, fail, warn
from .region import region
from .target import AT_EXIT, CALLER, Target

_OF_FUNCTIONS = (
    "functions",
    "api",
    "event sources",
    "policies",
    "release",
    "execute-api",
    "refusals",
)
_OF_SITE = ("url", "web authorization")
_OF_ACCOUNT = ("token", "account", "late answers", "callback/check")
_OF_QUEUES = ("dead letters",)


def silent(patient: Patient, *, elsewhere: bool) -> Mapping[str, str]:
    """Why some checks would find nothing of their own, by check.

    The site is not the stage's where somebody examines one `elsewhere`.
    """
    target, found = patient.target, dict[str, str]()
    try:
        if not _is_deployed(target):
            of_site = () if elsewhere else _OF_SITE
            found |= dict.fromkeys((*_OF_FUNCTIONS, *of_site), f"{target.stage} is not deployed")
        if stack.status(target.stack) is None:
            found |= dict.fromkeys(_OF_QUEUES, f"no stack {target.stack}")
        if {APP_ID, APP_SECRET} - secret_store.values(target).keys():
            found |= dict.fromkeys(_OF_ACCOUNT, f"no {APP_ID} or {APP_SECRET}")
        elif wechat.dead(target):
            found |= dict.fromkeys(_OF_ACCOUNT, f"{CALLER} {ENDED}")
    except EXPECTED:
        return found  # the examinations tell what cannot be examined
    return found


def told(target: Target, causes: Mapping[str, str]) -> Iterator[Finding]:
    """What was not examined, and why; that a stage is not deployed is a failure."""
    if not causes:
        return
    if "functions" in causes:
        deploy = f"python -m ops deploy --stage {target.stage}"
        yield fail("functions", f"{target.stage} is not deployed in {region()}", deploy)
    by_cause: dict[str, list[str]] = {}
    for check, cause in causes.items():
        by_cause.setdefault(cause, []).append(check)
    parts = [f"{', '.join(checks)} ({cause})" for cause, checks in by_cause.items()]
    yield warn("not examined", "; ".join(parts), "Do what is said above, and run it again.")


def _is_deployed(target: Target) -> bool:
    names = (target.door, *map(target.function, AT_EXIT))
    return any(lambda_functions.look(name) for name in names)
