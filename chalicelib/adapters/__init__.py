"""How the world is reached: all I/O, one file a service."""
