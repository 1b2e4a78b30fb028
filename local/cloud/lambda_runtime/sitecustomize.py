"""What Lambda's runtime does for a function and MiniStack's does not; Python runs it by its name.

It tells the handler's name, by which the backend knows that it is on Lambda. And of what is
installed on this machine it leaves boto3, so that a package which the zip misses is missed.
"""

import os
import sys

if name := os.environ.get("AWS_LAMBDA_FUNCTION_NAME"):
    os.environ["_HANDLER"] = "app.worker" if name.endswith("-worker") else "app.app"
    own = [path for path in sys.path if not path.endswith("-packages")]
    sys.path[:] = [*own, os.environ["LAMBDA_PACKAGES"]]
