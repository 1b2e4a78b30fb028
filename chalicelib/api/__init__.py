"""WeChat's API: its client, access tokens, and the calls of web authorization."""
