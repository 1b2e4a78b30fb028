"""The doors, mounted as every `app.py` mounts them; what else a team's has is not measured."""

from chalice.app import Chalice

from chalicelib import doors

app = Chalice(app_name="wechalice", configure_logs=False)
worker = doors.mount(app)["worker"]
