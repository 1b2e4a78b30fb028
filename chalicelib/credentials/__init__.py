"""Secrets in SSM, which rotate while traffic flows; each function reads only what it needs."""
