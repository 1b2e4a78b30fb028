"""What this account says. This folder is yours; docs/handlers.md shows what to put here.

Each file has a router; `routes` puts the routers in order, and the first match answers.
"""

from chalicelib.router import Routes

from . import chat

routes = Routes(chat.router)
