"""Your own tests, of what your account says; docs/testing.md shows what they can do."""
