"""Why a push was turned away or cannot be read: the log has a code, operators read words."""

_WORDS = {
    "app_id": "it is for another account",
    "base64": "the ciphertext is not base64",
    "blocks": "the ciphertext does not consist of whole blocks",
    "field_missing_or_wrong": "it lacks a field that WeChat documents, or one has a wrong value",
    "length": "its length does not fit its content",
    "mode": "it is not in the account's mode: compare WECHAT_MODE and 微信开发者平台",
    "no_key": "encoding-aes-key is missing",
    "not_encrypted": "it is not encrypted",
    "not_xml": "it is not XML",
    "padding": "the padding is wrong: most likely encoding-aes-key differs from 微信开发者平台",
    "secrets_unavailable": "the secrets cannot be read",
    "signature_missing": "it has no signature",
    "signature_or_echostr_missing": "it has no signature, or no echostr",
    "signature_wrong": "the signature is wrong: forged, or token differs from 微信开发者平台",
    "timestamp": "its timestamp is off by more than five minutes",
    "too_large": "it is too large",
}
_REPEATED = "repeated_"
_OF_DOCTOR = "doctor_"


def in_words(reason: str) -> str:
    """What a code means; what is no code is told as it is."""
    if reason.startswith(_REPEATED):
        return f"it has the parameter {reason.removeprefix(_REPEATED)} twice"
    if is_of_doctor(reason):
        return f"a test of ops doctor: {in_words(reason.removeprefix(_OF_DOCTOR))}"
    return _WORDS.get(reason, reason)


def is_of_doctor(reason: str) -> bool:
    """Whether it is about a request that `doctor` has sent as a test."""
    return reason.startswith(_OF_DOCTOR)
