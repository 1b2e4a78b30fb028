"""What WeChat answers to the account: to calls made now, and in the log to the backend's."""

import time
from collections.abc import Iterator

from chalicelib.config import LateAnswers
from chalicelib.wechat.errors import ApiError, NotPermitted

from . import logs, wechat, wechat_places, wording
from .findings import Finding, Patient, fail, ok, warn

_NO_STAFF = 65400
_DAY = 24 * 3600
_MUST_ACT = "{ $.OperatorMustAct = 1 }"


def caller(patient: Patient) -> Iterator[Finding]:
    """How the function ended by which all below call WeChat; nothing if it answers."""
    if dead := wechat.dead(patient.target):
        back = f"python -m ops deploy --stage {patient.target.stage} --previous"
        do = f"If a deploy was before that: {back}. The log says more: {dead.log}"
        yield fail("wechat_caller", dead.told, do)


def token(patient: Patient) -> Iterator[Finding]:
    """Whether WeChat gives out an access token, because it checks secret and IP whitelist for that.

    A token that the stage has already says nothing about an app secret that was set after it.
    """
    target = patient.target
    url = target.settings.wechat_api_url
    try:
        wechat.check_secret(target)
        wechat.api(target).call("GET", "/cgi-bin/getcallbackip")
    except wechat.RefusedHere as error:
        yield warn("token", "WeChat does not know this machine's address", f"{error}.")
    except ApiError as error:
        yield fail("token", f"{url}: WeChat refuses", f"{error}.")
    else:
        yield ok("token", f"{url} gives out access tokens")


def late_answers(patient: Patient) -> Iterator[Finding]:
    """Whether the account may send customer service messages.

    This asks WeChat for the account's customer service staff. That sends nothing, and is refused
    to accounts that may not send. An account without staff, such as a test account, gets another
    error.
    """
    target = patient.target
    if target.settings.late_answers is not LateAnswers.CUSTOMER_SERVICE:
        yield ok("late answers", "wait for the users' next messages (LATE_ANSWERS is passive)")
        return
    allowed = ok("late answers", "the account may send customer service messages")
    try:
        wechat.api(target).call("GET", "/cgi-bin/customservice/getkflist")
    except NotPermitted as error:
        yield fail(
            "late answers",
            f"the account may not send customer service messages ({error.errcode})",
            f"{_UNVERIFIED} Until then set LATE_ANSWERS of {target.stage} to passive in "
            f".chalice/config.json, and python -m ops deploy --stage {target.stage}",
        )
    except ApiError as error:
        if error.errcode == _NO_STAFF:
            yield allowed
        else:
            found = "WeChat does not say whether the account may send customer service messages"
            yield warn("late answers", found, f"{error}.")
    else:
        yield allowed


def callback(patient: Patient) -> Iterator[Finding]:
    """Whether WeChat can resolve the address that it pushes to. Its ping shows nothing on AWS."""
    request = {"action": "dns", "check_operator": "DEFAULT"}
    try:
        found = wechat.api(patient.target).call("POST", "/cgi-bin/callback/check", body=request)
    except ApiError as error:
        yield warn("callback/check", "WeChat does not check", f"{error}.")
        return
    addresses = [each["ip"] for each in found.get("dns", [])]
    if addresses:
        yield ok("callback/check", f"WeChat resolves the URL to {', '.join(addresses)}")
    else:
        yield warn(
            "callback/check",
            "WeChat resolves no URL",
            f"Save and enable (启用) it: {wechat_places.PUSHES}.",
        )


def refusals(patient: Patient) -> Iterator[Finding]:
    """What WeChat refused to the functions within a day, the latest error of each kind."""
    since = time.time() - _DAY
    fields = [
        line.fields
        for group in logs.groups(patient.target)
        for line in logs.lines(group, _MUST_ACT, since)
    ]
    refused = [each for each in fields if each.get("OperatorMustAct")]
    latest = {each["errcode"]: each for each in sorted(refused, key=lambda each: each["time"])}
    for errcode, line in sorted(latest.items()):
        ago = f"{wording.age(time.time() - line['time'])} ago"
        what = f"WeChat refused a call of the backend with {errcode}"
        found = f"{what if errcode else 'the backend could not call WeChat'}, last {ago}"
        yield warn("refusals", found, f"{line.get('reason', '')}.{_MORE.get(errcode, '')}")
    if not latest:
        yield ok("refusals", "WeChat refused no call of the backend within a day")


_UNVERIFIED = (
    "Personal (个人) and unverified (未认证) accounts have no customer service API; others may "
    f"have to request it on {wechat_places.PERMISSIONS}."
)
_MORE = {48001: f" {_UNVERIFIED}"}
