"""A phone in the browser: chats with the account, and beside them what is behind each answer."""
