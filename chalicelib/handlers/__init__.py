"""What this account says: the one folder a team edits.

Each file has a router; `routes` puts them in the order in which they are asked.
"""

from ..router import Routes
from . import keywords, media, menu, parrot, welcome

routes = Routes(
    welcome.router,
    menu.router,
    keywords.router,
    media.router,
    parrot.router,
)
