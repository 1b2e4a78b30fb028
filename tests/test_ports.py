"""Ports for what a test starts."""

from local import ports


def test_no_port_is_given_twice() -> None:
    given = [ports.free() for _ in range(500)]
    assert len({*given}) == len(given)
