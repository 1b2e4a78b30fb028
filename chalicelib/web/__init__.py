"""What browsers get: web authorization, the signed-in user's page, binding to the site's users.

A push imports nothing from here.
"""
