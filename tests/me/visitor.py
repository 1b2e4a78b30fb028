"""Who visits the page, and the name of their session's cookie."""

from tests.visitors import Person

MING = Person("oMING-0123456789-0123456789")
SESSION = "__Host-session"
