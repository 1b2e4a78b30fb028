"""The sample account: what a team would own, for tests of what the framework owns.

Tests that run a copy of the project put it in place of the team's `app.py` and handlers.
"""
