"""The checks of `conformance/` are proven here, each by a backend that fails it."""
