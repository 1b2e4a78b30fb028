"""The environment in which nothing reaches a real AWS account or a proxy."""

import os
from collections.abc import Mapping

HOST = "127.0.0.1"
REGION = "us-east-1"
STAGE = "dev"


def isolated(environment: Mapping[str, str], endpoint: str) -> dict[str, str]:
    """`environment` without the user's AWS settings: every AWS call goes to `endpoint`."""
    kept = {name: value for name, value in environment.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": HOST,
        "no_proxy": HOST,
    }
