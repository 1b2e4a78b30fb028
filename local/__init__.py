"""AWS, the backend and WeChat's side on one machine, on loopback only."""
