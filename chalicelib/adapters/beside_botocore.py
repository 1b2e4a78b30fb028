"""Imports urllib3 from where botocore is: on Lambda both are in the runtime, with bytecode.

The zip has a urllib3 of its own for requests, which `chalice deploy` ships without bytecode. The
door needs no requests. What calls WeChat keeps the zip's, because it tells more about failures.
"""

import sys
from pathlib import Path

import botocore

sys.path.insert(0, str(Path(botocore.__file__).parent.parent))
import urllib3  # noqa: F401

del sys.path[0]
