"""The worked example of WeChat's own page on message push.

https://developers.weixin.qq.com/miniprogram/dev/framework/server-ability/message-push.html
"""

import json

from chalicelib.wechat.encryption import EncodingAesKey
from chalicelib.wechat.signatures import fits

TOKEN = "AAAAA"
APP_ID = "wxba5fad812f8e6fb9"
ENCODING_AES_KEY = "A" * 43

ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJG"
    "QqcvZqzDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrf"
    "MZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgR"
    "tWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)


def test_its_url_check_verifies() -> None:
    signature = "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert fits(signature, TOKEN, "1714036504", "1514711492")


def test_its_encrypted_push_verifies_and_decrypts() -> None:
    msg_signature = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    assert fits(msg_signature, TOKEN, "1714112445", "415670741", ENCRYPTED)
    message = json.loads(EncodingAesKey(ENCODING_AES_KEY).decrypt(ENCRYPTED, APP_ID))
    assert (message["Event"], message["debug_str"]) == ("debug_demo", "hello world")
