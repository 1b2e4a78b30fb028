"""`python -m ops`: the operator's commands."""

from .command import main

if __name__ == "__main__":
    main(prog_name="python -m ops")
