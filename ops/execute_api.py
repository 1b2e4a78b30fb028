"""Closes the API's own address (execute-api), so that only a domain of one's own leads to it.

Chalice overwrites the API at each deploy, which opens the address again, so `deploy` closes it
each time.
"""

from collections.abc import Iterator

import boto3

from . import deployed, examine_site, secret_store, terminal
from .errors import Failed
from .findings import Finding, Patient, ok, warn
from .target import Target

SETTING = "close_execute_api"
"""Of a stage in .chalice/config.json; without it, the address stays as it is."""

_PATH = "/disableExecuteApiEndpoint"
_GATEWAY = ".execute-api."
"""In the address that is to be closed, and in no domain of one's own."""


def wanted(target: Target) -> bool | None:
    """Whether the stage wants it closed; None if it does not say. Raises Failed."""
    found = target.stage_config.get(SETTING)
    if found is None or isinstance(found, bool):
        return found
    raise Failed(
        f"{target.config_file}: {SETTING} of {target.stage} is {found!r}. Write true or false."
    )


def lacks_domain(target: Target) -> bool:
    """Whether nobody could reach the stage any more. Raises Failed."""
    url = target.settings.public_url
    return wanted(target) is True and (not url or _GATEWAY in url)


def settle(target: Target, api: str) -> None:
    """Closes or opens the address as the stage wants it. Raises Failed.

    It stays open until the domain answers, because WeChat's pushes would be lost.
    """
    close = wanted(target)
    if close is None or close is _is_closed(api):
        return
    if close and not _domain_answers(target):
        terminal.show(
            f"{target.settings.public_url} does not lead to this stage yet, so the address of API "
            "Gateway stays open. Let the domain lead there, and deploy again.",
            "yellow",
        )
        return
    gateway = boto3.client("apigateway")
    gateway.update_rest_api(
        restApiId=api, patchOperations=[{"op": "replace", "path": _PATH, "value": str(close)}]
    )
    gateway.create_deployment(restApiId=api, stageName=deployed.GATEWAY_STAGE)  # now it counts
    terminal.show(f"The address of API Gateway is {'closed' if close else 'open'}.")


def examine(patient: Patient) -> Iterator[Finding]:
    """Whether the address is as the stage wants it; nothing if it does not say."""
    target = patient.target
    close, api = wanted(target), deployed.rest_api(target)
    if close is None or api is None:
        return
    state = "closed" if _is_closed(api) else "open"
    if _is_closed(api) is close:
        yield ok("execute-api", f"the address of API Gateway is {state}")
    else:
        found = f"the address of API Gateway is {state}, unlike {SETTING} in .chalice/config.json"
        yield warn("execute-api", found, f"python -m ops deploy --stage {target.stage}")


def _is_closed(api: str) -> bool:
    found = boto3.client("apigateway").get_rest_api(restApiId=api)
    return bool(found.get("disableExecuteApiEndpoint"))


def _domain_answers(target: Target) -> bool:
    token = secret_store.values(target)["token"].value
    return examine_site.answers(f"{target.settings.public_url}/wechat", token)
