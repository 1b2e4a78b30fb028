"""What others see of a stage on the web."""

import time
from collections.abc import Iterator
from secrets import token_hex
from urllib.parse import urlsplit

import httpx

from chalicelib.delivery.verifier import DOCTOR
from chalicelib.wechat.signatures import sign

from . import crashes, secret_store, wechat_places
from .findings import Finding, Patient, fail, ok, warn
from .target import Target

_PATIENCE = 10
_RECENTLY = 600
"""Seconds in which a log may tell of what was asked just now."""
_OUT_OF_ORDER = 500
"""From this HTTP status on, the door has answered nothing."""
_NOT_DEPLOYED = "The stage is not deployed"


def reachable(patient: Patient) -> Iterator[Finding]:
    """Whether the door answers WeChat's verification request, and refuses a forged one."""
    deploy = f"python -m ops deploy --stage {patient.target.stage}"
    values = secret_store.values(patient.target)
    if not patient.site or "token" not in values:
        yield fail("url", f"{_NOT_DEPLOYED}, or has no token.", deploy)
        return
    url, token = f"{patient.site}/wechat", values["token"].value
    echo, forged = _verified(url, token), _verified(url, f"{token}x")
    if isinstance(echo, httpx.HTTPError) or isinstance(forged, httpx.HTTPError):
        found = f"{url} cannot be reached ({type(echo).__name__})"
        yield fail("url", found, f"Let its domain lead to the stage (DNS), or {deploy}")
    elif forged.status_code >= _OUT_OF_ORDER:
        yield fail("url", f"{url} answers HTTP {forged.status_code}", _repair(patient.target))
    elif forged.status_code != 403:
        yield fail("url", f"{url} answers HTTP {forged.status_code} to a forged request", deploy)
    elif echo.status_code == 403:
        yield fail(
            "url",
            f"{url} refuses a request that is signed with the token in SSM",
            "If the token was changed just now, look again in a minute. Otherwise check "
            "whether this is the stage's URL, and see the door's log for what it cannot read; "
            f"{deploy}",
        )
    elif not _echoed(echo):
        found = f"{url} answers HTTP {echo.status_code}, not the echostr"
        yield fail("url", found, "See the door's log for why.")
    else:
        yield ok("url", f"{url} answers as 微信开发者平台 expects")


def _repair(target: Target) -> str:
    """What to do where the door, or the way to it, is out of order."""
    log = f"/aws/lambda/{target.door}"
    ends = [str(each["reason"]) for each in crashes.found(log, time.time() - _RECENTLY)]
    why = f"{target.door} {crashes.ENDED}: {ends[-1]}. " if ends else ""
    return (
        f"{why}If a deploy was before that: python -m ops deploy --stage {target.stage} "
        f"--previous. The log says more: aws logs tail {log}"
    )


def answers(url: str, token: str) -> bool:
    """Whether the door of a stage with this token is there."""
    echo = _verified(url, token)
    return isinstance(echo, httpx.Response) and _echoed(echo)


def web_authorization(patient: Patient) -> Iterator[Finding]:
    """Whether WeChat lets visitors return to the site. If not, they read 10003."""
    parts = urlsplit(patient.site)
    code = secret_store.values(patient.target).get("domain-verification")
    console = (
        f"{parts.hostname}, without https:// and path, as 网页授权域名 (neither as 业务域名 nor as "
        f"JS接口安全域名) on {wechat_places.DOMAINS}"
    )
    if not patient.site:
        yield warn("web authorization", f"{_NOT_DEPLOYED}.", "Deploy it first.")
    elif not patient.target.settings.public_url:
        yield warn(
            "web authorization",
            "no custom domain: WeChat needs a file at the root, where API Gateway's can have none",
            "Set up a custom domain and PUBLIC_URL; until then visitors read 10003. A test account "
            f"needs no file: enter {parts.hostname}, without https:// and path, on its page under "
            "网页授权获取用户基本信息.",
        )
    elif code is None:
        yield warn(
            "web authorization",
            f"visitors read 10003 (redirect_uri 域名与后台配置不一致) unless {parts.hostname} is "
            "registered",
            f"Enter {console}, and the code of its file by "
            f"`python -m ops secrets set domain-verification --stage {patient.target.stage}`.",
        )
    else:
        yield _verification(f"{parts.scheme}://{parts.netloc}", code.value, console)


def _verification(origin: str, code: str, console: str) -> Finding:
    try:
        found = httpx.get(f"{origin}/MP_verify_{code}.txt", timeout=_PATIENCE)
    except httpx.HTTPError as error:
        do = f"Let {origin} lead to the root of the API."
        return fail("web authorization", f"{origin} cannot be reached ({type(error).__name__})", do)
    if found.status_code == 200 and found.text == code:
        return ok("web authorization", f"WeChat finds its file at {origin}; enter {console}")
    return fail(
        "web authorization",
        f"{origin}/MP_verify_….txt does not hold the code (HTTP {found.status_code})",
        "Let the root of the domain lead to the API; until then visitors read 10003.",
    )


def _echoed(echo: httpx.Response) -> bool:
    return echo.status_code == 200 and echo.text == echo.request.url.params["echostr"]


def _verified(url: str, token: str) -> httpx.Response | httpx.HTTPError:
    """The door's answer to a verification request like that of 微信开发者平台."""
    timestamp, nonce = str(int(time.time())), token_hex(8)
    query = {
        "signature": sign(token, timestamp, nonce),
        "timestamp": timestamp,
        "nonce": nonce,
        "echostr": token_hex(16),
        DOCTOR: "1",
    }
    try:
        return httpx.get(url, params=query, timeout=_PATIENCE)
    except httpx.HTTPError as error:
        return error
