"""What tests of profiles write."""

from chalicelib.conditions import absent
from chalicelib.wechat.authorization import SnsUserInfo

OPENID = "oMING"
NOW = 1_700_000_000.0
ALWAYS = absent("nothing")
SHOWN = SnsUserInfo(OPENID, "小明\x07", 1, "", "", "中国", "https://a/132", ("a", "b"), "u1")
GRANT = {
    "scope": "snsapi_userinfo",
    "refresh_token": "1:sealed",
    "refresh_token_at": NOW,
    "access_token": "1:sealed",
    "access_token_ends": NOW + 7200,
}
