"""What is deployed: the doors of wechalice alone."""

from chalice.app import Chalice

from chalicelib import doors

app = Chalice(app_name="wechalice", configure_logs=False)
globals().update(doors.mount(app))
