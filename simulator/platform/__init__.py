"""WeChat's platform: its API, and its data about an account and the users."""
