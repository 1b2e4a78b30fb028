"""What `chalice deploy` deploys: the doors of wechalice, and routes and schedules of your own."""

from chalice.app import Chalice

from chalicelib import doors

app = Chalice(app_name="wechalice", configure_logs=False)
globals().update(doors.mount(app))

# Write your own routes and schedules below; see docs/handlers.md.
