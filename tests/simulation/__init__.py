"""Many seeded runs of the real code in a world that fails; see `__main__.py`."""
