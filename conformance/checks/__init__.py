"""The checks, one file for each group. Importing this package registers them all, in this order."""

from importlib import import_module

GROUPS = (
    "verification",
    "kinds",
    "texts",
    "replies",
    "forgeries",
    "envelopes",
    "modes",
    "redeliveries",
    "late",
    "allowances",
    "sign_in",
    "rotation",
)

for _name in GROUPS:
    import_module(f".{_name}", __name__)
