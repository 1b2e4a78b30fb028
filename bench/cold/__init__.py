"""Functions to compare cold starts with. Each file becomes the app.py of one function."""
