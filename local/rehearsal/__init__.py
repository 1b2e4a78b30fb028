"""A deployment to try on this machine, with the commands that deploy to AWS."""
