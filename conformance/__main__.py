"""`python -m conformance`."""

from .command import main

main(prog_name="python -m conformance")
