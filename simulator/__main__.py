"""`python -m simulator`: WeChat's side from a terminal."""

from .command import main

main(prog_name="python -m simulator")
