"""`python -m ops`: the operator's commands."""

import os

from .command import main

if __name__ == "__main__":
    # It counts first, as for the AWS CLI; boto3 and Chalice know the other one alone.
    if region := os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = region
    main(prog_name="python -m ops")
