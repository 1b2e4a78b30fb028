"""Checks the values of parameters, and logs those that are missing or malformed."""

from base64 import urlsafe_b64decode

from .. import log
from ..ports import Parameter


def own_key(text: str) -> bytes:
    """Decodes one of our keys: URL-safe base64 of 32 bytes. Raises ValueError."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise ValueError("a key is URL-safe base64 of 32 bytes")
    return raw


def log_missing(name: str) -> None:
    log.error("a parameter is missing", {"SecretsMalformed": 1}, parameter=name)


def log_malformed(parameter: Parameter, problem: str) -> None:
    log.error(
        "a parameter is malformed",
        {"SecretsMalformed": 1},
        parameter=parameter.name,
        version=parameter.version,
        problem=problem,
    )
