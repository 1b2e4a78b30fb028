"""The life of a push: verified, recorded, answered or queued; how late answers are delivered."""
