"""Python runs this file by its name when a function starts.

Of the packages installed on this machine it leaves only those that Lambda brings, boto3 and what
boto3 needs. So a package that is missing from the zip is missing here, too.
"""

import os
import sys

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    own = [path for path in sys.path if not path.endswith("-packages")]
    sys.path[:] = [*own, os.environ["LAMBDA_PACKAGES"]]
