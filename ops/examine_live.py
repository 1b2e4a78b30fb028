"""What WeChat sees of the deployed stage: a few requests like its own, and some that are not.

They are harmless: a push that is signed has no content, so no handler runs and no table is asked.
The door verifies and decrypts it, says `success`, and logs that it cannot be read.
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from secrets import token_hex

import httpx

from chalicelib.delivery.verifier import DOCTOR
from chalicelib.wechat.envelopes import Mode
from simulator.account import Account
from simulator.envelopes import Sealed, seal, signed_query
from simulator.pushes import Push

from . import deployed, secret_store
from .errors import Failed
from .findings import Finding, Patient, fail, ok, warn
from .target import Target

WECHAT_WAITS, SLOW = 5.0, 3.0
"""Seconds after which WeChat hangs up, and from which on it is close."""
_OLD = 600
_PATIENCE = 29
_SUCCESS, _FORBIDDEN = "success", "forbidden"
"""What the door says to a push that is in order, and to one that is not WeChat's."""
_WITHOUT_CONTENT = Push({"MsgType": "event"})
"""An event without a name."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """Status 0 says that there was none, and `text` why."""

    status: int
    text: str
    seconds: float

    @property
    def told(self) -> str:
        what = f"HTTP {self.status}" if self.status else f"no answer ({self.text})"
        return f"{what} after {self.seconds * 1000:.0f} ms"


def refuse_without_url(target: Target, url: str | None) -> None:
    """Raises Failed if there is nothing to send requests to."""
    if not (url or deployed.site(target)):
        raise Failed(
            f"{target.stage} has no URL, so WeChat would reach nothing. Run `python -m ops deploy "
            f"--stage {target.stage}` first, or name one by --url."
        )


def requests(patient: Patient) -> Iterator[Finding]:
    """Sends them one after the other, and says what came back."""
    account = _account(patient.target)
    if account is None:
        do = f"python -m ops secrets list --stage {patient.target.stage}"
        yield fail("live", "without app-id, token and encoding-aes-key nothing can be signed", do)
        return
    url, now = f"{patient.site}/wechat", time.time()
    with httpx.Client(timeout=_PATIENCE) as client:
        echostr = token_hex(16)
        query = {**signed_query(account, now), "echostr": echostr, DOCTOR: "1"}
        answer = _asked(client, "GET", url, query)
        yield _accepted("live echostr", "微信开发者平台", answer, echostr, patient.target)
        push = seal(account, _WITHOUT_CONTENT, now)
        for check in ("live push", "live redelivery"):
            answer = _pushed(client, url, push)
            yield _accepted(check, "a push without content", answer, _SUCCESS, patient.target)
        if answer.text != _SUCCESS:
            told = "what the door has to refuse is not sent, because it answers no good push"
            yield fail("live refusals", told, "Fix what the lines above say, and look again.")
            return
        forged = seal(replace(account, token=token_hex(16)), _WITHOUT_CONTENT, now)
        yield _refused("live forgery", "a forged push", _pushed(client, url, forged))
        old = seal(account, _WITHOUT_CONTENT, now - _OLD)
        yield _refused("live replay", "a push of ten minutes ago", _pushed(client, url, old))
        if account.mode is Mode.SAFE:
            plain = seal(replace(account, mode=Mode.PLAINTEXT), _WITHOUT_CONTENT, now)
            yield _refused("live plaintext", "an unencrypted push", _pushed(client, url, plain))


def _account(target: Target) -> Account | None:
    """The account as WeChat knows it, as far as signatures go; None if a secret is missing."""
    values, mode = secret_store.values(target), target.settings.mode
    needed = ["token"] if mode is Mode.PLAINTEXT else ["app-id", "token", "encoding-aes-key"]
    if not values.keys() >= {*needed}:
        return None
    known = {name: each.value for name, each in values.items()}
    return Account(
        app_id=known.get("app-id", ""),
        original_id="gh_doctor",
        token=known["token"],
        encoding_aes_key=known.get("encoding-aes-key", ""),
        app_secret="",
        mode=mode,
    )


def _pushed(client: httpx.Client, url: str, push: Sealed) -> _Answer:
    return _asked(client, "POST", url, {**push.query, DOCTOR: "1"}, push.body)


def _asked(
    client: httpx.Client, method: str, url: str, query: Mapping[str, str], body: str = ""
) -> _Answer:
    started = time.perf_counter()
    try:
        found = client.request(method, url, params={**query}, content=body.encode())
    except httpx.HTTPError as error:
        return _Answer(0, type(error).__name__, time.perf_counter() - started)
    return _Answer(found.status_code, found.text, time.perf_counter() - started)


def _accepted(check: str, what: str, answer: _Answer, wanted: str, target: Target) -> Finding:
    found = f"{what} gets {answer.told}"
    do = f"See why in the log /aws/lambda/{target.door}."
    if answer.status in (403, 404) and answer.text != _FORBIDDEN:
        do = (
            "The gateway answers instead of the door: is the URL right? If it is, "
            f"python -m ops deploy --stage {target.stage}"
        )
    if answer.status != 200 or answer.text != wanted:
        return fail(check, f"{found}, and not what WeChat accepts", do)
    if answer.seconds > WECHAT_WAITS:
        return fail(check, f"{found}, when WeChat has hung up", do)
    if answer.seconds > SLOW:
        return warn(check, f"{found}; WeChat hangs up after {WECHAT_WAITS:.0f} s", do)
    return ok(check, f"{what} is answered after {answer.seconds * 1000:.0f} ms")


def _refused(check: str, what: str, answer: _Answer) -> Finding:
    if answer.status == 403:
        return ok(check, f"{what} is refused")
    return fail(check, f"{what} gets {answer.told}, not 403", "Is this the stage's own URL?")
