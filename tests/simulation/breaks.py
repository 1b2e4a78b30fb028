"""Conditions that always or never hold, and the faults that come often while a rule is broken."""

TRUE = 'absent("nothing")'
FALSE = 'equal("nothing", 0)'
LOST = ("response:UNCONFIRMED", "request:SLOW")
STUCK = ("cold start:STALLED", "table:STALLED")
LATE = ("table:LATE", "table:UNCONFIRMED")
FAILING = ("table:REFUSED", "table:UNCONFIRMED", "response:UNCONFIRMED")
DYING = ("table:KILLED_AFTER", "api:KILLED_AFTER", "handler:KILLED_BEFORE")
TWICE = ("job twice:SLOW", "job deletion:REFUSED")
