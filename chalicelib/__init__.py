"""The backend of a WeChat Official Account; app.py is its door, handlers/ is what it says."""
