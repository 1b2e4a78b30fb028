"""An Official Account as WeChat's console knows it."""

import base64
from dataclasses import dataclass, field
from enum import Enum


class Mode(Enum):
    """How the account's pushes travel, as its console says."""

    PLAINTEXT = "plaintext"
    COMPATIBLE = "compatible"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class Account:
    """`encoding_aes_key` has 43 characters; `original_id` is the account's name in pushes."""

    app_id: str
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False, default="")
    mode: Mode = Mode.SAFE
    original_id: str = "gh_0123456789ab"

    @property
    def key(self) -> bytes:
        """The 32 bytes of the AES key. Raises ValueError."""
        return base64.b64decode(f"{self.encoding_aes_key}=", validate=True)
