"""What operators need: the resources of a stage, and the commands of `python -m ops`."""
