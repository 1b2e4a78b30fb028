"""For each check, a way to break the reference backend so that the check fails."""

from collections.abc import Mapping

from conformance import checks, pushes  # noqa: F401 - registers them
from conformance.check import CHECKS, Check

_OTHERS: Mapping[str, str] = {
    # verification
    "verification-answers-echostr": "echostr as JSON",
    "verification-keeps-digits": "echostr as a number",
    "verification-refuses-a-wrong-signature": "verifies anybody",
    "verification-refuses-no-signature": "verifies anybody",
    "verification-refuses-another-time": "verifies anybody",
    "verification-sorts-as-bytes": "sorts as numbers",
    "verification-is-not-a-page": "echostr as a page",
    "verification-refuses-a-parameter-twice": "takes a parameter twice",
    # kinds
    "fields-that-are-new-do-no-harm": "wants known fields",
    "an-event-with-empty-fields-is-taken": "wants filled fields",
    "ids-are-not-numbers": "MsgId as a float",
    # texts
    "text-emoji": "loses emoji",
    "text-wechats-own-emoji": "wechat emoji as pictures",
    "text-markup": "escapes markup",
    "text-end-of-cdata": "ends CDATA",
    "text-lines": "joins lines",
    "text-percent": "formats texts",
    "text-right-to-left": "drops marks of direction",
    "text-zero": "drops what is false",
    "text-control-characters": "strict XML",
    "text-of-2048-bytes": "short texts",
    "text-of-spaces-is-taken": "looks at the first letter",
    "text-very-long-is-taken": "repeats anything",
    # replies
    "reply-goes-to-the-user": "replies to itself",
    "reply-has-a-time": "milliseconds",
    "reply-is-of-a-known-kind": "shouts its kind",
    "reply-is-encrypted-as-the-push": "replies in plaintext",
    "reply-is-padded-to-32": "pads replies to 16",
    "silence-is-success-or-nothing": "says ok",
    "a-handler-that-fails-is-no-error": "lets handlers fail",
    "a-long-answer-is-not-lost": "too long a reply",
    # forgeries
    "a-wrong-signature-is-refused": "no signature",
    "no-signature-is-refused": "takes an empty signature",
    "no-query-at-all-is-refused": "looks up what is not there",
    "a-signature-that-is-no-ascii-is-refused": "compares letters of ASCII only",
    "a-signature-of-another-push-is-refused": "no signature",
    "a-signature-given-twice-is-refused": "takes a parameter twice",
    "the-plain-signature-says-nothing-of-a-body": "signature of the query only",
    "a-push-of-yesterday-is-refused": "takes old pushes",
    "a-push-of-tomorrow-is-refused": "takes early pushes",
    "a-timestamp-that-is-no-number-is-refused": "reads any timestamp",
    "another-app-id-is-refused": "AppID by its beginning",
    "a-forged-push-has-no-effect": "no signature",
    "the-openid-of-the-query-is-not-believed": "believes the query",
    # envelopes
    "a-body-that-is-no-xml-is-refused": "errors for what cannot be read",
    "another-root-is-refused": "errors for what cannot be read",
    "what-is-no-base64-is-refused": "errors for what cannot be read",
    "a-changed-byte-is-refused": "signature of the query only",
    "wrong-padding-is-refused": "any padding",
    "a-wrong-length-is-refused": "any length",
    "real-padding-is-taken": "padding to 16",
    "a-bomb-does-not-go-off": "expands entities",
    "a-file-is-not-read": "errors for entities",
    "a-huge-body-is-refused": "reads any length",
    "any-content-type-is-taken": "wants text/xml",
    "after-all-that-it-answers": "slow after forgeries",
    # modes
    "plaintext-is-refused-in-safe-mode": "believes encrypt_type",
    "encrypt-type-cannot-choose": "believes encrypt_type",
    "compatible-mode-is-answered": "knows no compatible mode",
    "only-the-encrypted-part-counts": "believes plain fields",
    "plaintext-mode-is-answered": "knows no plaintext mode",
    # redeliveries
    "a-redelivery-gets-the-same-answer": "silent on redelivery",
    "a-redelivery-has-no-second-effect": "no record",
    "two-deliveries-at-once-have-one-effect": "no record",
    "two-users-may-have-one-msg-id": "MsgId alone",
    "the-same-words-again-are-a-new-push": "user and second",
    "two-events-of-a-second-are-both-taken": "one push a second",
    "while-the-first-runs-the-second-waits": "waits for slow handlers",
    "a-slow-answer-comes-once": "no record",
    # late
    "a-late-answer-comes": "no late answers",
    "a-late-answer-is-unescaped": "escapes Chinese",
    "two-late-answers-keep-their-order": "answers in any order",
    "a-message-that-is-refused-for-now-comes-again": "gives up when WeChat is busy",
    "a-token-that-ends-is-fetched-again": "keeps a token that has ended",
    "tokens-are-kept": "a token for each message",
    "a-user-who-is-gone-is-given-up": "asks for ever",
    "a-late-answer-is-one-of-wechats": "another name for its part",
    # allowances
    "a-long-answer-is-whole-if-the-count-is-set-back": "drops what is refused",
    "a-long-answer-is-whole-if-the-count-adds-up": "drops what is refused",
    "parts-do-not-race": "all parts at once",
    # sign_in
    "sign-in-asks-as-wechat-wants": "state first",
    "sign-in-has-a-state": "one state for all",
    "sign-in-refuses-a-strange-state": "any state",
    "sign-in-refuses-the-state-of-another-browser": "any browser",
    "sign-in-survives-two-callbacks": "spends a code twice",
    "sign-in-takes-a-refusal": "wants a code",
    "sign-in-takes-a-bare-callback": "wants a state",
    "sign-in-leads-to-this-site-only": "leads anywhere",
    # rotation
    "no-push-is-lost-while-the-token-changes": "forgets the old token",
    "no-push-is-lost-while-the-key-changes": "forgets the old key",
    "the-console-can-save-a-new-token": "learns a new token late",
}


_WORDS = {
    "voice with words": "Recognition",
    "text from an article": "MsgDataId",
    "tap in a message menu": "bizmsgmenuid",
    "a kind that is new": "a_new_kind",
    "subscribe by QR code": "Ticket",
}
"""What tells a push from others of its kind, by its name for people."""


def _of_kind(check: Check) -> str:
    name = check.sentence.split("`")[1]
    kind = pushes.EVENTS[name][0] if name in pushes.EVENTS else name.split()[0]
    return f"fails on {_WORDS.get(name, kind)}"


MUTANTS: Mapping[str, str] = {
    check.name: _OTHERS.get(check.name) or _of_kind(check) for check in CHECKS.values()
}
"""What is broken, by the name of the check that shows it."""
