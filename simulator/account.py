"""An account as 微信开发者平台 knows it, with WeChat's copy of every secret."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from chalicelib.wechat.envelopes import Mode


@dataclass(frozen=True, slots=True)
class Account:
    """One Official Account; `original_id` is the gh_… name that pushes are addressed to."""

    app_id: str
    original_id: str
    token: str = field(repr=False)
    encoding_aes_key: str = field(repr=False)
    app_secret: str = field(repr=False)
    mode: Mode = Mode.SAFE

    @classmethod
    def new(cls, mode: Mode = Mode.SAFE) -> "Account":
        """A new account with random ids and secrets."""
        return cls(
            app_id=f"wx{secrets.token_hex(8)}",
            original_id=f"gh_{secrets.token_hex(6)}",
            token=secrets.token_hex(16),
            encoding_aes_key=new_encoding_aes_key(),
            app_secret=new_app_secret(),
            mode=mode,
        )

    @classmethod
    def load(cls, path: Path) -> "Account":
        """The account that `save` wrote to `path`. An account without an app secret gets one."""
        values = {"app_secret": "", **json.loads(path.read_text())}
        account = cls(**{**values, "mode": Mode(values["mode"])})
        if not account.app_secret:
            account = replace(account, app_secret=new_app_secret())
            account.save(path)
        return account

    def save(self, path: Path) -> None:
        """Writes the account to `path`, readable by its owner only."""
        # Replaced in one step, because another process may be reading the file.
        new = path.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps({**asdict(self), "mode": self.mode.value}, indent=2))
        new.replace(path)


def new_encoding_aes_key() -> str:
    """43 characters that decode to 32 random bytes, with no bits left over."""
    return base64.b64encode(secrets.token_bytes(32)).decode().removesuffix("=")


def new_app_secret() -> str:
    """32 hexadecimal digits, as the platform makes them."""
    return secrets.token_hex(16)
