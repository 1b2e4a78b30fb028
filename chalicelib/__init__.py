"""The backend of a WeChat Official Account; doors.py is its door, handlers/ is what it says."""
