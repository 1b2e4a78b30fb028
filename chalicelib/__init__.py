"""The backend of a WeChat Official Account; doors.py is its door, handlers/ is what it says."""

__version__ = "1.0.0.dev0"
