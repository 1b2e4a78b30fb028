"""The life of a push: verified, recorded, answered or queued, and how a late answer travels."""
