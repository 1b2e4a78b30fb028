"""WeChat's platform: its API, and what it remembers of an account and its users."""
