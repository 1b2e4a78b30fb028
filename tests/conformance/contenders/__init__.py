"""Backends that the checks are run against: each a small account, as its README advises.

Each is a program of its own, `python -m tests.conformance.contenders.NAME PORT`, with the account's
secrets in WECHAT_APP_ID, WECHAT_TOKEN and WECHAT_ENCODING_AES_KEY. All say the same: `count` is
answered with how often its user has sent it, `raise` raises, `slow` takes eight seconds, `long` has
3000 bytes, and anything else is repeated.
"""
