"""What the sample account says: keywords, a menu button, media, a greeting and an echo."""

from chalicelib.router import Routes

from . import chat, keywords, media, menu

routes = Routes(menu.router, keywords.router, media.router, chat.router)
