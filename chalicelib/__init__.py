"""The backend of a WeChat Official Account: pushes enter in doors.py, handlers/ answers them."""

__version__ = "1.6.0"
