"""The doors, mounted as every `app.py` mounts them, without a team's own routes."""

from chalice.app import Chalice

from chalicelib import doors

app = Chalice(app_name="wechalice", configure_logs=False)
worker = doors.mount(app)["worker"]
