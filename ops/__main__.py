"""`python -m ops`: the operator's commands."""

import os

from .command import main

if __name__ == "__main__":
    # As with the AWS CLI, AWS_REGION comes first; boto3 and Chalice only know the other variable.
    if region := os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = region
    main(prog_name="python -m ops")
