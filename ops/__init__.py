"""What operators need: the resources a stage stands on, and `python -m ops`."""
