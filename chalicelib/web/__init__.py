"""Who the user is: web authorization, the signed-in user's page, binding to the site's own users.

Nothing here is imported for a push.
"""
