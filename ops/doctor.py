"""`doctor`: says what is wrong with a stage, before users notice, and what to do about it."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict

import boto3
import click

from . import (
    alarm_subscriptions,
    dependants,
    deployed,
    examine_account,
    examine_aws,
    examine_functions,
    examine_live,
    examine_resources,
    examine_site,
    examine_wechat,
    execute_api,
    rolled_back,
    terminal,
)
from .errors import EXPECTED, permission, sentence
from .findings import Examination, Finding, Patient, State, fail
from .options import as_json, on_stage, site_url
from .region import region
from .target import Target

EXAMINATIONS: Mapping[str, Examination] = {
    "clock": examine_aws.clock,
    "secrets": examine_aws.parameters,
    "stack": examine_aws.resources,
    "resources": examine_resources.resources,
    "logs": examine_resources.logs,
    "backups": examine_resources.backups,
    "muted alarms": examine_resources.muted,
    "fixed exit": examine_resources.fixed_exit,
    "tables": examine_aws.tables,
    "queue": examine_aws.queue,
    "functions": examine_functions.functions,
    "api": examine_functions.api,
    "event sources": examine_functions.event_sources,
    "policies": examine_functions.policies,
    "release": rolled_back.examine,
    "concurrency": examine_aws.concurrency,
    "alarm mail": alarm_subscriptions.examine,
    "url": examine_site.reachable,
    "execute-api": execute_api.examine,
    "wechat_caller": examine_wechat.caller,
    "token": examine_wechat.token,
    "account": examine_account.permissions,
    "late answers": examine_wechat.late_answers,
    "callback/check": examine_wechat.callback,
    "refusals": examine_wechat.refusals,
    "web authorization": examine_site.web_authorization,
    "dead letters": examine_aws.dead,
}
"""Each examination, by the name of its check."""

_STYLES = {State.OK: "green", State.WARN: "yellow", State.FAIL: "red"}


@click.command()
@on_stage
@site_url
@click.option("--live", is_flag=True, help="Send a few harmless requests as WeChat would.")
@as_json
def doctor(target: Target, url: str | None, *, live: bool, as_json: bool) -> None:
    """Say what is wrong with a stage.

    Looks at secrets, resources, policies, the URL and the way to WeChat. Each line says ok, warn or
    fail, and the line below it says what to do. Nothing is changed.

    \b
    python -m ops doctor
    python -m ops doctor --stage prod --json
    python -m ops doctor --url https://my-tunnel.example.com
    python -m ops doctor --stage prod --live

    With --live, it also sends requests to the stage's URL, signed as WeChat's and forged, and says
    what WeChat would see. No handler runs; the log gets a few lines about what is turned away.

    The exit code is 0 if nothing fails, 1 if something does, 2 if the command was misused.
    """
    who = boto3.client("sts").get_caller_identity()  # without credentials, nothing can be examined
    if live:
        examine_live.refuse_without_url(target, url)
    if not as_json:
        terminal.show(f"{target.stage} · {region()} · account {who['Account']}", "bold")
    findings: list[Finding] = []
    for finding in examined(target, url, live=live):
        findings.append(finding)
        if not as_json:
            _show(finding)
    if as_json:
        terminal.show_json([{**asdict(each), "state": each.state.value} for each in findings])
    if any(each.state is State.FAIL for each in findings):
        sys.exit(1)


def examined(target: Target, url: str | None, *, live: bool = False) -> Iterator[Finding]:
    """All findings. What cannot be examined is a finding too, and what is not permitted is one."""
    refused: dict[str, str] = {}
    try:
        site = url or deployed.site(target) or ""
    except EXPECTED as error:
        site = ""
        yield from _unexamined("url", error, refused)
    patient = Patient(target, site.rstrip("/"))
    examinations = {**EXAMINATIONS, **({"live": examine_live.requests} if live else {})}
    silent = dependants.silent(patient, elsewhere=url is not None)
    for check, examination in examinations.items():
        if check in silent:
            continue
        try:
            yield from examination(patient)
        except EXPECTED as error:
            yield from _unexamined(check, error, refused)
    yield from dependants.told(target, silent)
    if refused:
        missing = ", ".join(sorted({*refused.values()}))
        yield fail(
            "permissions",
            f"you lack {missing}, so not all is examined: {', '.join(refused)}",
            f"python -m ops deploy-policy --stage {target.stage} prints what whoever deploys needs",
        )


def _unexamined(check: str, error: Exception, refused: dict[str, str]) -> Iterator[Finding]:
    """Tells why, unless a permission is missing, which is kept for later."""
    if missing := permission(error):
        refused[check] = missing
    else:
        yield fail(check, "cannot be examined", sentence(error))


def _show(finding: Finding) -> None:
    state = finding.state
    terminal.show(f"{state.value:<5} {finding.check:<18} {finding.found}", _STYLES[state])
    if finding.do:
        terminal.show(f"{'':<6}→ {finding.do}")
