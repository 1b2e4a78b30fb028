"""`python -m ops`: the operator's commands."""

import os

from simulator.own_python import advised

_COMMAND = "python -m ops"

if __name__ == "__main__":
    # As with the AWS CLI, AWS_REGION comes first; boto3 and Chalice only know the other variable.
    if region := os.environ.get("AWS_REGION"):
        os.environ["AWS_DEFAULT_REGION"] = region
    with advised(_COMMAND):
        from .command import main

        main(prog_name=_COMMAND)
