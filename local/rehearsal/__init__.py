"""A deployment to try on one's own machine, by the commands with which one deploys to AWS."""
