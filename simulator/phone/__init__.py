"""A phone in the browser that chats with the account and shows how each answer came about."""
