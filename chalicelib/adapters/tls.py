"""Trust in the servers that we call.

urllib3 reads the file of certificate authorities again for each new connection. That takes some 17
milliseconds of a whole processor, of which a function with 512 MB has a third. An account with few
users needs new connections at nearly every push, because old ones have died meanwhile.
"""

from functools import cache
from ssl import SSLContext

from urllib3.util.ssl_ import create_urllib3_context


def context() -> SSLContext:
    """A TLS context for many connections, which reads each file of authorities once."""
    made = create_urllib3_context()
    vars(made)["load_verify_locations"] = cache(made.load_verify_locations)
    return made
