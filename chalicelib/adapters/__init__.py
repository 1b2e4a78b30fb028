"""How we reach the world: all I/O, one file for each service."""
