"""What is known of a user: profiles, what events do to them, tokens sealed and renewed."""
