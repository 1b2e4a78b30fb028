"""`python -m local.cloud.emulator`: MiniStack with the gaps closed that a deployment meets.

`patches.py` changes its private parts, and `rest_apis.py` adds what it misses of API Gateway.

A deployed API is open to everybody, web pages too. AWS itself is not, as in `make run`, because
whoever can create a function can run programs on this machine.
"""

import os

import ministack.app as ministack  # type: ignore[import-untyped]

from local.aws import guarded

from . import patches
from .rest_apis import completed

if __name__ == "__main__":
    patches.apply()
    port = os.environ["GATEWAY_PORT"]
    ministack.app = guarded(completed(ministack.app), port, is_public=patches.is_for_an_api)
    ministack.main()
