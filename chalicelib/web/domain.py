"""Proves to WeChat that the domain is ours: WeChat fetches a file that holds a code.

https://developers.weixin.qq.com/doc/service/guide/h5/auth.html
"""

import hmac

from ..credentials.refreshed import Refreshed
from ..ports import Unavailable

DOMAIN_VERIFICATION = "domain-verification"


class DomainVerification(Refreshed[str]):
    """The code that 公众平台 issued for our domain."""

    pause = 20

    def content(self, file: str) -> str | None:
        """The content of `MP_verify_<code>.txt`; None for any other file, or a code not ours."""
        code = file.removeprefix("MP_verify_").removesuffix(".txt")
        if file != f"MP_verify_{code}.txt" or not code:
            return None
        generation = self.generation
        if self._is_ours(code) or (self.look_again(generation) and self._is_ours(code)):
            return code
        return None

    def _is_ours(self, code: str) -> bool:
        try:
            ours = self._current()
        except Unavailable:
            return False
        return hmac.compare_digest(code.encode(), ours.encode())

    def _fetched(self, now: float) -> str:
        found = self._parameters.read([DOMAIN_VERIFICATION])
        return found[0].value if found else ""
