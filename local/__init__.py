"""The whole thing on one's own machine: AWS, the backend, WeChat's side; on loopback only."""
