"""The certificates that WeChat's side trusts."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Reads them once for all clients, because reading takes 60 ms, longer than most pushes."""
    return httpx.create_ssl_context()
