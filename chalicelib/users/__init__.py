"""What we know about users: profiles, how events change them, sealing and renewing tokens."""
