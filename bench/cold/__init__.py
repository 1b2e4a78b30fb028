"""What cold starts are compared with: each file becomes the app.py of a function of its own."""
